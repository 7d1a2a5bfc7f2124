from __future__ import annotations

import pytest

from tests.unit.checklist.fake_kinds import ByMatch, Edit, File, Grant, Ownership, Run, Tree, Watch
from wizard.checklist.spec import STATIC
from wizard.checklist.templating import misplaced, references, render, render_command, render_flag, render_text
from wizard.errors import UsageError

SCOPE = {
    "data_dir": "/var/lib/redis data",
    "evil": "$(reboot)'; rm -rf /",
    "count": 3,
    "sure": True,
    "captured": {"keys": "10001", "items": "7", "acl": "yes"},
    "run": {"id": "7f3a", "started": "2026-01-01T00:00:00Z"},
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("${#list} {% for %} {# no comment #} {{ count }}", "${#list} {% for %} {# no comment #} 3"),
        ("{%- raw %}{{ count }}{% endraw %}", "{%- raw %}3{% endraw %}"),
        ("{{ data_dir }}/dump.rdb\n", "/var/lib/redis data/dump.rdb\n"),
        ("{{ captured.keys }} {{ captured['items'] }}", "10001 7"),
        ("{{ captured.keys | int >= 10001 and sure }}", "true"),
        ("{{ 'yes' if count == 3 else 'no' }}", "yes"),
        ("{{ captured.none | default('nothing') }}", "nothing"),
        ("{{ captured.none is defined }}", "false"),
        ("{{ captured.acl in ['yes', 'true'] }}", "true"),
        ("{{ data_dir | replace(' ', '-') | upper | lower | trim }}", "/var/lib/redis-data"),
        ("{{ '{{' }}", "{{"),
    ],
)
def test_an_expression_becomes_its_value(template: str, text: str) -> None:
    assert render_text(template, SCOPE) == text


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ nobody }}", "'nobody' is undefined"),
        ("{{ captured.nothing }}", "'nothing' is not known yet"),
        ("{{ captured }}", "no value of its own"),
        ("{{ self }}", "no value of its own"),
        ("{{ data_dir.upper() }}", "may not use calls"),
        ("{{ data_dir.__class__ }}", "not known yet"),
        ("{{ count ** count ** count }}", "may not use arithmetic"),
        ("{{ data_dir ~ data_dir }}", "may not use concat"),
        ("{{ data_dir | attr('x') }}", "no filter `attr`"),
        ("{{ data_dir | uper }}", "did you mean `upper`"),
        ("{{ count is odd }}", "no test `odd`"),
        ("{{ data_dir[0:1] }}", "fixed keys only"),
        ("{{ data_dir | int }}", "is not a whole number"),
        ("{{ data_dir > 3 }}", "different types"),
        ("{{ " + "not " * 5000 + "sure }}", "nested too deep"),
        ("{{ " + "(" * 5000 + "sure }}", "nested too deep"),
        ("{{ 'a'" + " | replace('a', 'aaaaaaaaaaaaaaaaaaaa')" * 12 + " }}", "too long a text"),
        ("{{ data_dir", "cannot be read"),
        ("docker ps --format {{.Names}}", "to write {{ itself, write {{ '{{' | raw }}"),
        ("{{ data_dir }}\r\n", "carriage return"),
    ],
)
def test_anything_else_is_refused_with_its_place(template: str, said: str) -> None:
    with pytest.raises(UsageError, match=r"^here: ") as caught:
        render_text(template, SCOPE, where="here")
    assert said in str(caught.value)


def test_a_value_in_a_command_is_one_word() -> None:
    assert render_command("rm -- {{ evil }}", SCOPE) == "rm -- '$(reboot)'\"'\"'; rm -rf /'"
    assert render_command("test {{ captured.keys }} = {{ count }}", SCOPE) == "test 10001 = 3"


@pytest.mark.parametrize(
    ("command", "done"),
    [
        ("echo $(( {{ x | int }} + 1 ))", "echo $(( 7 + 1 ))"),
        ("n={{ captured.x | int }}; echo $((n + 1))", "n=7; echo $((n + 1))"),
        ("(( {{ captured.x | int }} > 1 ))", "(( 7 > 1 ))"),
        ("[[ {{ captured.x | int }} -gt 1 ]]", "[[ 7 -gt 1 ]]"),
        ("let n={{ captured.x | int }}", "let n=7"),
        ("a[{{ captured.x | int }}]=1", "a[7]=1"),
        (
            "echo \"{{ captured.x | int }}\" '{{ x | int }}' ${s:{{ x | int }}} # {{ x | int }}",
            "echo \"7\" '7' ${s:7} # 7",
        ),
        ("echo $'a' {{ captured.x | int }}", "echo $'a' 7"),
    ],
)
def test_a_whole_number_may_stand_in_arithmetic_and_in_quotes(command: str, done: str) -> None:
    assert list(misplaced(command)) == []
    assert render_command(command, {"x": " 007 ", "captured": {"x": "7"}}) == done
    with pytest.raises(UsageError, match="is not a whole number"):
        render_command(command, {"x": "a[$(id)]", "captured": {"x": "a[$(id)]"}})


@pytest.mark.parametrize(
    "command",
    [
        "[[ {{ captured.x }} -gt 1 ]]",
        "[[ -n $a && 1 -le {{ captured.x }} ]]",
        "if [ {{ captured.x }} -eq 1 ]; then ls; fi",
        "test -n a -a 1 -ne x{{ captured.x }}",
        "let n={{ captured.x }}",
        "a[{{ captured.x }}]=1",
        "[ -v {{ captured.x }} ]",
        "printf -v {{ captured.x }} 1",
        "printf %05d {{ captured.x }}",
        "echo 1 | read -r {{ captured.x }}",
        "A=b command unset {{ captured.x }}",
        "typeset -i n={{ captured.x }}",
        "export {{ captured.x }}=1",
        "shift {{ captured.x }}",
        "n={{ captured.x }}; echo $((n + 1))",
        "n={{ captured.x }}; (( m = n + 1 ))",
        "echo \"$(\\l\\\ne't' {{ captured.x }})\"",
        "echo {{ captured.x | int }}>out",
        "echo ${{ captured.x | int }}",
    ],
)
def test_a_hosts_text_may_not_stand_where_a_shell_computes(command: str) -> None:
    assert [what for what, mend in misplaced(command) if mend]
    with pytest.raises(UsageError, match=r"may be code|is code|would take a number|right after"):
        render_command(command, {"captured": {"x": "1"}})


@pytest.mark.parametrize(
    "command",
    [
        "eval {{ captured.x }}",
        "eval echo {{ captured.x }}",
        "if ! eval a={{ captured.x }}; then ls; fi",
        "trap {{ captured.x }} EXIT",
        "trap -- rm' '{{ captured.x }} EXIT",
        *[f"{shell} -c {{{{ captured.x }}}}" for shell in ("sh", "bash", "dash", "ksh", "zsh", "/bin/sh", "su")],
        "sh -ec {{ captured.x }} a",
        "sh -c -e {{ captured.x }}",
        "bash -o errexit -c 'ls '{{ captured.x }}",
        "sudo -u a -- timeout 5 sh -c {{ captured.x }}",
        "ls | xargs sh -c {{ captured.x }}",
        "su - root -c {{ captured.x }}",
        "su --command={{ captured.x }}",
        "su -c{{ captured.x }}",
        "find . -exec sh -c {{ captured.x }} \\;",
        'echo "$(sh -c {{ captured.x }})"',
    ],
)
def test_a_hosts_text_is_no_command_of_a_shell(command: str) -> None:
    assert [what for what, mend in misplaced(command) if mend]
    with pytest.raises(UsageError, match="takes it for commands"):
        render_command(command, {"captured": {"x": "1"}})
    assert render_command(command.replace("captured.", ""), {"x": "1"})


def test_raw_goes_in_as_it_is_and_nothing_after_it_does() -> None:
    assert render_command("{{ evil | raw }}", SCOPE) == SCOPE["evil"]
    assert render_command("{{ evil | raw | lower }}", SCOPE).startswith("'")


def test_a_nul_cannot_go_into_a_command() -> None:
    with pytest.raises(UsageError, match="NUL"):
        render_command("echo {{ x }}", {"x": "a\0b"})


@pytest.mark.parametrize(
    ("command", "where"),
    [
        ("echo '{{ x }}'", "inside single quotes"),
        ('echo "{{ x }}"', "inside double quotes"),
        ('echo "it\'s {{ x }}"', "inside double quotes"),
        ('echo "$(date) {{ x }}"', "inside double quotes"),
        ('echo "${a:-{{ x }}}"', "inside ${ }"),
        ("echo ${a:-{{ x }}}", "inside ${ }"),
        ("echo `cat {{ x }}`", "inside backticks"),
        ("echo $((1 + {{ x }}))", "inside arithmetic"),
        ("ls # {{ x }}", "inside a comment"),
        ("cat <<E\n{{ x }}\nE", "here-document"),
        ("echo \\{{ x }}", "right after a backslash"),
        ("echo ${{ x }}", "right after a $"),
        ("echo {{ x }}>out", "ahead of a redirection"),
        ("echo {{ x }}\\\n>out", "ahead of a redirection"),
        ("true \\\n# {{ x }}", "inside a comment"),
        ("cat <\\\n<E\n{{ x }}\nE", "here-document"),
        ("echo $\\\n(( {{ x }} ))", "inside arithmetic"),
        *[
            (f"{ahead}# {{{{ x }}}}", "inside a comment")
            for ahead in ("(true)", "true;", "true&", "true|", "(", "\n", "\t")
        ],
        ("(( {{ x }} > 1 ))", "inside arithmetic"),
    ],
)
def test_a_value_may_not_stand_where_quoting_does_not_hold(command: str, where: str) -> None:
    assert [what for what, _ in misplaced(command) if where in what]
    with pytest.raises(UsageError, match="break out"):
        render_command(command, {"x": "1"})


@pytest.mark.parametrize(
    ("command", "what"),
    [
        ('echo "${a:-it\'s}" it\\\'s } "{{ x }}"', ""),
        ('echo "${a:-it\'s}" {{ x }}', 'a quote inside "${ }"'),
        ('echo "${a%"\'"}" {{ x }}', 'a quote inside "${ }"'),
        ('echo "${a:-"}"}" {{ x }}', 'a quote inside "${ }"'),
        ("echo $'it\\'s' {{ x }}", "$'…'"),
        ("echo $[ {{ x }} ]", "$[ ]"),
        ('echo "$(case a in a) echo b;; esac)" {{ x }}', "a `case` inside $( )"),
        ("echo `true # it's` {{ x }}", "backticks"),
        ("echo `true '`' ` {{ x }}", "backticks"),
        ("echo $((true) ) {{ x }}", "$(( that does not end"),
        ("(( 1 << 2 )); echo {{ x }}", ""),
        ("((a 'b' )); echo {{ x }}", "(( ))"),
        ("echo @(a)# {{ x }}", "a pattern such as"),
        ("echo ${ date; } {{ x }}", "${ and a blank"),
    ],
)
def test_what_shells_read_differently_is_not_read_for_sure(command: str, what: str) -> None:
    assert [said for said, mend in misplaced(command) if mend and what in said]
    with pytest.raises(UsageError, match=r"break out|cannot be read for sure"):
        render_command(command, {"x": "1"})
    assert render_command(command.replace("{{ x }}", ""), {}) == command.replace("{{ x }}", "")


@pytest.mark.parametrize(
    "command",
    [
        'echo "$(cat {{ x }})"',
        "ab\\\n#c {{ x }}",
        "echo $(a)# {{ x }}",
        "echo $((1))# {{ x }}",
        "echo ${a}# {{ x }}",
        "echo 'a'# {{ x }}",
        "echo $(case a in (a) echo b;; esac) {{ x }}",
        "echo `date` {{ x }}",
        "echo ${a:-'}'} {{ x }}",
        "echo $(( $((1)) + (2) )) {{ x }}",
        "((a) && b); echo {{ x }}",
        "echo {{ x }} $'it\\'s'",
        "[[ {{ x }} -gt 1 ]]",
        "[ {{ captured.x }} = a ] && [ a -gt 1 ]",
        "[[ -n {{ captured.x }} && $a -gt 1 ]]",
        "ls -lt {{ captured.x }}",
        "export A={{ captured.x }}; local b={{ captured.x }}",
        "printf '%s%%d' {{ captured.x }}",
        "echo let {{ captured.x }}",
        "sh -c 'ls -- \"$1\"' sh {{ captured.x }}",
        "sh script.sh -- {{ captured.x }}",
        "trap 'ls' EXIT; echo {{ captured.x }}",
        "grep eval {{ captured.x }}",
        "tar -c {{ captured.x }}",
        'n={{ captured.x }}; echo $((m + 1)) "$n"',
        "a=$(echo [{{ captured.x }}])",
        '"$(printf %s "$(ls {{ x }})")"',
        "a#b {{ x }}",
        "echo $# {{ x }}",
        "echo ${#a} ${b} {{ x }}",
        "echo 'it' {{ x }} \"a\" {{ x }}",
        "case a in a) echo {{ x }};; esac",
        "echo $(( (1 + 2) * 3 )) {{ x }}",
        "[ $((1 << 2)) = {{ x }} ]",
        'echo "a\\"" {{ x }}',
        "( cd {{ x }}; ls ) | wc > {{ x }}",
        "f() { echo {{ x }}; }",
        "x=$(echo ')' {{ x }}) {{ x }}",
        "ls # it's\nls {{ x }}",
        "--path={{ x }}/{{ x }}",
        "echo '{{ x | raw }}'",
    ],
)
def test_a_value_may_stand_where_a_word_may(command: str) -> None:
    assert list(misplaced(command)) == []


def test_references_are_names_dotted_where_they_look_something_up() -> None:
    text = "{{ a if captured.b == run['id'] else c | default(d) }} {{ e is defined }}"
    assert references(text) == {"a", "captured.b", "run.id", "c", "d", "e"}
    assert references("no template ${#here}") == frozenset()


def test_a_flag_is_true_or_false() -> None:
    assert render_flag("{{ captured.acl == 'yes' }}", SCOPE) is True
    assert render_flag("{{ not sure }}", SCOPE) is False
    with pytest.raises(UsageError, match="must be true or false"):
        render_flag("{{ data_dir }}", SCOPE)


def test_a_spec_is_rendered_by_the_meaning_of_its_fields() -> None:
    run = Run(command="ls {{ data_dir }}", undo="rm {{ evil }}", secrets={"TOKEN": "{{ evil }}"})
    done = render(run, SCOPE)
    assert done.command == "ls '/var/lib/redis data'"
    assert done.undo == "rm '$(reboot)'\"'\"'; rm -rf /'"
    assert done.secrets == {"TOKEN": SCOPE["evil"]}


def test_nested_specs_and_lists_are_rendered() -> None:
    owned = render(Ownership(path="{{ data_dir }}", grant=Grant(account="{{ captured.acl }}")), SCOPE)
    assert owned.grant == Grant(account="yes")
    edit = render(Edit(path="p", replace=(ByMatch(match="{{ evil }}", to="{{ count }}"),)), SCOPE)
    assert edit.replace == (ByMatch(match=str(SCOPE["evil"]), to="3"),)


def test_what_was_rendered_is_checked_again() -> None:
    templated = {"path": "p", "recursive": "{{ sure }}"}
    assert render(Ownership.model_validate(templated, context=STATIC), SCOPE).recursive is True
    watch = Watch.model_validate({"every": "{{ wait }}", "tolerate_bad": "{{ count }}"}, context=STATIC)
    assert render(watch, {**SCOPE, "wait": "1m30s"}) == Watch(every=90.0, tolerate_bad=3)
    with pytest.raises(UsageError, match=r"^watch\.every: what was rendered does not fit"):
        render(watch, {**SCOPE, "wait": "soon"})
    with pytest.raises(UsageError, match=r"^tree\.dir_mode: "):
        render(Tree.model_validate({"path": "p", "dir_mode": "{{ evil }}"}, context=STATIC), SCOPE)


def test_a_value_that_is_missing_names_its_field() -> None:
    with pytest.raises(UsageError, match=r"^file\.content: .*'nothing' is undefined"):
        render(File(path="p", content="{{ nothing }}"), SCOPE)
