"""A checklist of the fake kinds in which nothing is wrong, for tests that break one thing of it."""

GOOD = """\
checklist: redis-ownership
title: Redis data directory owned by the wrong user
severity: critical
inputs:
  vm: {type: host, default: autobot@172.16.168.23, help: the Redis VM}
  data_dir: {type: path, default: /var/lib/redis}
  sudo_password: {type: secret, env: SUDO_PASSWORD}
hosts:
  redis: {ssh: "{{ vm }}", sudo: true, sudo_password: "{{ sudo_password }}"}
evidence:
  - fact: account that runs Redis
    expect: redis
    sources:
      the unit: {on: redis, command: "systemctl show -P User redis; ls {{ data_dir }}"}
      the server: {on: redis, redis: {read: executable, password: "{{ sudo_password }}"}}
risks:
  - {risk: data lost, probability: high, impact: high, mitigation: save first}
phases:
  - id: ownership
    title: Fix the ownership
    steps:
      - id: look
        title: Count the keys
        why: they must all be there afterwards
        on: redis
        run: {command: redis-cli dbsize, read_only: true}
        capture: {keys_before: {stdout: "([0-9]+)"}}
      - id: chown-data
        title: Give the directory to redis
        why: the service writes there as redis
        on: redis
        when: "{{ captured.keys_before | int > 0 }}"
        ownership: {path: "{{ data_dir }}", owner: redis, recursive: true}
        capture: {owner: {command: "stat -c %U {{ data_dir }}"}}
        checks:
          - {within: 30s, tree: {path: "{{ data_dir }}", owner: "{{ captured.owner }}", dir_mode: "0755"}}
      - id: wait
        title: Watch
        why: it must stay so
        watch: {every: 5s}
        samples: [{tree: {path: /var/lib/redis, owner: redis}}]
    checks:
      - command: {command: "test {{ captured.keys_before | int }} -gt 0", exit_status: 0}
exit_criteria:
  - {name: keys are there, command: {command: "test -n {{ captured.keys_before }}", exit_status: 0}}
prevention:
  - {measure: look again, checked_by: [look, keys are there]}
notify:
  - {who: everyone, when: before the start}
"""
