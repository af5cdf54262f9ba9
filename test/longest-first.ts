/**
 * The order in which test files are run: those that take long first, so that none of them is left for one core at the end, and
 * those that mostly wait, for clocks and processes, beside those that compute.
 */
import path from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Under `test`; those that take five seconds and more of a machine of their own. Who is missing is no more than late. */
const LONG = [
  'system/own-board-campaign',
  'system/trigger-campaign',
  'unit/prediction/sweep/sweep-networks',
  'system/kills',
  'unit/study/tracking',
  'system/interrupted-campaign',
  'system/dashboard-command',
  'unit/study/paper',
  'system/ue-troubles',
  'system/lost-processes',
  'unit/scenario/odd-values',
  'system/watched-run',
  'system/radio-programs',
  'unit/record/recording-damage',
  'system/study-command',
  'system/campaign',
  'unit/firmware-protocol/fuzz',
  'system/study-checkpoint',
  'system/cluster-study',
  'unit/radio/emulated-trigger',
  'system/plugin-scheme',
  'system/real-port',
  'unit/study/camera-prediction',
  'contract/mutations',
  'contract/firmware-at-fault-campaign',
  'unit/campaign/evidence',
  'system/model-commands',
  'system/tracking-kills',
  'unit/report/run-report',
  'system/ten-hours',
  'system/fault-mixes',
  'unit/docs/how-to',
  'system/radio-campaign',
  'system/recording-kill',
  'unit/radio/slot-receiver',
  'system/slot-clock-on-wire',
  'system/tracking',
  'unit/record/version-4',
  'system/sounder',
  'system/run-telemetry',
  'system/kept-pictures',
  'unit/report/wideband-report',
  'system/recording-trouble',
  'system/remote-runs',
  'system/local-feedback-campaign',
  'unit/channel/fast-evaluator',
  'system/sweep',
  'system/tiled-campaign',
  'system/untrue-powers',
  'unit/study/beam-prediction',
  'system/cluster-troubles',
  'system/dashboard-recordings',
  'system/camera-stream',
  'system/wideband-campaign',
];

/** Vitest's own order, by what it remembers or by size, for the others. Projects stay together: processes are not shared by them. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification) => {
      const name = path.relative(path.join(this.ctx.config.root, 'test'), moduleId).split(path.sep).join('/');
      const rank = LONG.indexOf(name.replace(/\.test\.ts$/, ''));
      return rank === -1 ? LONG.length : rank;
    };
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    return projects.flatMap((project) =>
      sorted.filter((file) => file.project === project).sort((a, b) => rankOf(a) - rankOf(b)),
    );
  }
}
