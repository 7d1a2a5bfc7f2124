"""Asks a Redis server, makes it save and proves that it did, changes its settings, holds its writers for a while."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from wizard.actions.base import Action, Before, Difference, Plan, Result, Stage, result_of
from wizard.actions.redis_scripts import SECRET, pause_script, resume_script, save_script, set_script
from wizard.checklist.redis_target import RedisTarget
from wizard.checklist.spec import ActionSpec, Duration, Flag, Flaw, SettingName, Text, is_template
from wizard.errors import StepRefused
from wizard.facts.redis import READ_NAMES, SECRET_SETTINGS, Redis, is_read_name, open_redis, read_values
from wizard.facts.redis_replies import RedisUnanswered, Trouble
from wizard.facts.redis_writes import writes_paused
from wizard.hosts.base import Attempt

LONGEST_PAUSE = 3600.0
"""Seconds; the server ends a pause itself, so it also bounds what a lost connection can do."""

PROTECTED = frozenset({"dir", "dbfilename"})
"""Settings that Redis 7 refuses to change unless ``enable-protected-configs`` allows it (its config.c)."""

_LAST_SAVE = "info.persistence.rdb_last_save_time"
_SAVED = (_LAST_SAVE, "info.persistence.rdb_last_bgsave_status", "dbsize")


class RedisSpec(ActionSpec, RedisTarget):
    """Exactly one of `read`, `save`, `set`, `pause_writes` and `resume_writes`."""

    kind: ClassVar[str] = "redis"

    read: list[SettingName] | None = Field(default=None, description=f"values to read by name: {READ_NAMES}")
    save: Flag = Field(default=False, description="BGSAVE, and the proof that this very save was written")
    settings: dict[str, Text] | None = Field(default=None, alias="set", description="settings to change while it runs")
    pause_writes: Duration | None = Field(
        default=None, description="hold all writes for at most so long; needs Redis 6.2"
    )
    resume_writes: Flag = Field(default=False, description="let writes go on")

    @property
    def changes(self) -> bool:
        """Reading changes nothing."""
        return self.read is None

    @property
    def undoable(self) -> bool:
        """Settings and pauses can be taken back."""
        return not self.needless_undo

    @property
    def irreversible_reason(self) -> str:
        """A save, or the end of a pause, is not taken back."""
        return f"not needed: {self.needless_undo}" if self.needless_undo else ""

    @property
    def needless_undo(self) -> str:
        """Why a save, or the end of a pause, has nothing to take back."""
        if self.save:
            return "a newer snapshot replaces an older one"
        return "writers go on as they did before the pause" if self.resume_writes else ""

    def flaws(self) -> Iterator[Flaw]:
        """Not exactly one thing to do, or one that cannot be done."""
        chosen = [self.read, self.save or None, self.settings, self.pause_writes, self.resume_writes or None]
        if sum(choice is not None for choice in chosen) != 1:
            mend = "Say one of read, save, set, pause_writes and resume_writes"
            yield Flaw((), "a redis step does exactly one thing", mend)
        for index, name in enumerate(self.read or ()):
            if not is_template(name) and not is_read_name(name):
                yield Flaw(("read", index), f"{name} cannot be read from Redis", f"Read one of {READ_NAMES}")
        if isinstance(self.pause_writes, float) and not 0 < self.pause_writes <= LONGEST_PAUSE:
            yield Flaw(("pause_writes",), "a pause must end by itself within an hour", "Choose a shorter one")
        yield from self._setting_flaws()

    def _setting_flaws(self) -> Iterator[Flaw]:
        for name in self.settings or ():
            if name in SECRET_SETTINGS:
                mend = "Change it in the server's configuration file, with a file or manual step"
                yield Flaw(("set", name), f"{name} would be seen in the process list of the host", mend)
            elif not re.fullmatch(r"[a-z0-9_-]+", name):
                yield Flaw(("set", name), f"{name} is not the name of one setting", "Write it out, in lower case")


_SAVED_VALUES = ("keys", "dbsize", _LAST_SAVE)
"""What a step may capture after a save: the keys there are now, and when the save was."""


class RedisAction(Action[RedisSpec]):
    """One thing done to one Redis server."""

    Spec = RedisSpec

    def plan(self) -> Plan:
        """The script, or what is asked."""
        spec = self.spec
        if spec.read is not None:
            return Plan(f"read {', '.join(spec.read)} from Redis at {spec.address}", "nothing to undo: it only reads")
        if spec.settings is not None:
            return Plan(self._script(), f"set {', '.join(spec.settings)} back to the values captured before")
        return Plan(self._script(), spec.irreversible_reason or "CLIENT UNPAUSE, at once")

    def _script(self) -> str:
        spec = self.spec
        if spec.save:
            return save_script(spec)
        if spec.settings is not None:
            return set_script(spec, spec.settings)
        return pause_script(spec, spec.pause_writes) if spec.pause_writes is not None else resume_script(spec)

    async def capture(self) -> Before:
        """The settings to change, whether writes are held already, or when the last save was.

        Raises:
            StepRefused: No such setting, a protected one, writes held by somebody else, or no answer.
        """
        spec = self.spec
        if spec.settings is not None:
            async with open_redis(self.host, spec) as redis:
                return {"config": {name: await self._settable(redis, name) for name in spec.settings}}
        if spec.pause_writes is not None:
            return await self._not_yet_paused()
        return {"saved": await read_values(self.host, spec, _SAVED)} if spec.save else {}

    async def _settable(self, redis: Redis, name: str) -> str:
        now = await redis.config(name)
        if now is None:
            raise StepRefused(f"this server knows no setting {name}", where=self.host.label)
        if name in PROTECTED and await redis.config("enable-protected-configs") == "no":
            mend = "Change it in the configuration file and restart, or allow it there with enable-protected-configs"
            raise StepRefused(
                f"{name} is protected: this server refuses to change it", where=self.host.label, mend=mend
            )
        return now

    async def _not_yet_paused(self) -> Before:
        async with open_redis(self.host, self.spec) as redis:
            if await writes_paused(redis):
                mend = "Wait until that pause is over: ending ours would end it as well"
                raise StepRefused("writes are paused already, by somebody else", where=self.host.label, mend=mend)
        return {"paused": False}

    async def perform(self, stage: Stage, before: Before) -> Result:
        """Read through the tunnel, or run the script on the host."""
        if self.spec.read is not None:
            return await self._read(self.spec.read)
        ran = await stage.run(self.host, Attempt(key="redis", script=self._script(), secrets=self._secrets()))
        result = result_of(ran, self._did(before))
        if self.spec.save and result.ok:
            return replace(result, values=await read_values(self.host, self.spec, _SAVED_VALUES))
        return result

    def _did(self, before: Before) -> str:
        if self.spec.save:
            return f"saved, proven; the last save before was at {before['saved'][_LAST_SAVE]}"
        if self.spec.settings is not None:
            return ", ".join(
                f"{name} = {new!r}, was {before['config'][name]!r}" for name, new in self.spec.settings.items()
            )
        return "writes resumed" if self.spec.pause_writes is None else "writes paused"

    def _secrets(self) -> Mapping[str, str]:
        return {SECRET: self.spec.password} if self.spec.password else {}

    async def _read(self, names: Sequence[str]) -> Result:
        values = await read_values(self.host, self.spec, names)
        lines = [f"{name} = {value}" for name, value in values.items()]
        return Result(ok=True, what=f"read {', '.join(values)}", values=values, output="\n".join(lines))

    async def undo(self, stage: Stage, before: Before) -> Result:
        """Settings as they were, or writers let go on; harmless where nothing was changed."""
        if "config" in before:
            script, did = set_script(self.spec, before["config"]), "settings restored"
        elif "paused" in before:
            script, did = resume_script(self.spec), "writes resumed"
        else:
            return Result(ok=True, what=self.spec.irreversible_reason or "nothing to undo")
        ran = await stage.run(self.host, Attempt(key="undo", script=script, secrets=self._secrets()))
        return result_of(ran, did)

    async def compare(self, before: Before) -> Sequence[Difference]:
        """Settings that differ from those captured, or a pause still in force; a server that is down holds nobody."""
        try:
            return await self._compared(before)
        except RedisUnanswered as silent:
            if silent.trouble is Trouble.ABSENT and "paused" in before:
                return []
            raise

    async def _compared(self, before: Before) -> Sequence[Difference]:
        async with open_redis(self.host, self.spec) as redis:
            if "paused" in before:
                return [Difference("writes", "not paused", "paused")] if await writes_paused(redis) else []
            now = {name: await redis.config(name) for name in before.get("config", {})}
        was = before.get("config", {})
        return [Difference(name, was[name], str(value)) for name, value in now.items() if value != was[name]]
