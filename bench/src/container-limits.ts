/** The limits of a small container for one process, by a control group of its own. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomCode } from '../../server/src/kernel/ids.ts';

const ROOT = '/sys/fs/cgroup';
const PERIOD_US = 100_000;

export interface ContainerLimits {
  /** Files that a process writes its own number into to be held by the limits. */
  readonly entrances: readonly string[];
  read(): {
    /** With the cached files that it has read. */
    readonly peakMemoryMb: number;
    readonly periods: number;
    readonly throttledPeriods: number;
    readonly throttledMs: number;
  };
  /** Once no process is in it any more. */
  remove(): void;
}

export interface Size {
  readonly cpus: number;
  readonly memoryBytes: number;
}

const numberIn = (file: string) => Number(readFileSync(file, 'utf8').trim());

function readStat(file: string): Record<string, number> {
  const stat: Record<string, number> = {};
  for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
    const [name = '', value] = line.split(' ');
    stat[name] = Number(value);
  }
  return stat;
}

/** Where this process is in the hierarchy of a controller; of the only one there is where none is named. */
function ownGroup(controller?: string): string {
  for (const line of readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n')) {
    const [, controllers = '', path = '/'] = line.split(':');
    if (controller === undefined ? controllers === '' : controllers.split(',').includes(controller)) {
      return path;
    }
  }
  return '/';
}

/** Version 1: one hierarchy for each controller. */
function createSeparate(name: string, { cpus, memoryBytes }: Size): ContainerLimits {
  const cpu = join(ROOT, 'cpu', ownGroup('cpu'), name);
  const memory = join(ROOT, 'memory', ownGroup('memory'), name);
  mkdirSync(cpu);
  mkdirSync(memory);
  writeFileSync(join(cpu, 'cpu.cfs_period_us'), String(PERIOD_US));
  writeFileSync(join(cpu, 'cpu.cfs_quota_us'), String(Math.round(cpus * PERIOD_US)));
  writeFileSync(join(memory, 'memory.limit_in_bytes'), String(memoryBytes));
  return {
    entrances: [join(cpu, 'cgroup.procs'), join(memory, 'cgroup.procs')],
    read() {
      const stat = readStat(join(cpu, 'cpu.stat'));
      return {
        peakMemoryMb: Math.round(numberIn(join(memory, 'memory.max_usage_in_bytes')) / 1_048_576),
        periods: stat.nr_periods ?? 0,
        throttledPeriods: stat.nr_throttled ?? 0,
        throttledMs: Math.round((stat.throttled_time ?? 0) / 1_000_000),
      };
    },
    remove() {
      rmdirSync(cpu);
      rmdirSync(memory);
    },
  };
}

/** Version 2: one hierarchy, whose controllers the group above has to hand down. */
function createUnified(name: string, { cpus, memoryBytes }: Size): ContainerLimits {
  const parent = join(ROOT, ownGroup());
  const group = join(parent, name);
  writeFileSync(join(parent, 'cgroup.subtree_control'), '+cpu +memory');
  mkdirSync(group);
  writeFileSync(join(group, 'cpu.max'), `${Math.round(cpus * PERIOD_US)} ${PERIOD_US}`);
  writeFileSync(join(group, 'memory.max'), String(memoryBytes));
  return {
    entrances: [join(group, 'cgroup.procs')],
    read() {
      const stat = readStat(join(group, 'cpu.stat'));
      return {
        peakMemoryMb: Math.round(numberIn(join(group, 'memory.peak')) / 1_048_576),
        periods: stat.nr_periods ?? 0,
        throttledPeriods: stat.nr_throttled ?? 0,
        throttledMs: Math.round((stat.throttled_usec ?? 0) / 1_000),
      };
    },
    remove: () => rmdirSync(group),
  };
}

/** Makes the group; throws an error that says which file could not be written where this machine does not let us. */
export function createContainerLimits(size: Size): ContainerLimits {
  const name = `suanpan-bench-${randomCode(8)}`;
  const isUnified = existsSync(join(ROOT, 'cgroup.controllers'));
  try {
    return isUnified ? createUnified(name, size) : createSeparate(name, size);
  } catch (error) {
    throw new Error(`a container can not be limited here, by control groups v${isUnified ? 2 : 1}`, {
      cause: error,
    });
  }
}
