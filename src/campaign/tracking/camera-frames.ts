/** What the camera of a run shows to its tracker: frame by frame before each epoch, recorded as it is shown, and accounted for. */
import { FolderSource } from '../../camera/folder-source.js';
import { type FrameCounts, FrameFeed } from '../../camera/frame-feed.js';
import type { FrameSource } from '../../camera/frame-source.js';
import { sharp } from '../../camera/sharp.js';
import { StreamSource } from '../../camera/stream-source.js';
import { BeamloopError } from '../../core/errors.js';
import type { Recording } from '../../record/recording.js';
import { type CameraSection, isStream } from '../../scenario/camera-schema.js';
import type { EpochTime } from '../../tracking/epoch-plan.js';
import type { Eyes, Tracker } from '../../tracking/tracker.js';
import type { CampaignParts } from '../campaign-parts.js';
import { CAMERA_FRAMES } from './frame-account.js';
import { FrameKeeper } from './frame-keeper.js';

/** Of frames among what sensors tell. */
const CAMERA = 'camera';
/** Of table `sensor_reports`. */
interface RecordedFrame {
  /** The picture's file, as its source names it, or from the recording's folder where it was kept; null where there is none. */
  readonly file: string | null;
  readonly isKept?: boolean;
  readonly isLate: boolean;
  readonly follows: boolean;
}

export class CameraFrames {
  readonly #feed: FrameFeed;
  readonly #eyes: Eyes;
  readonly #recording: Recording;
  readonly #ue: string;
  /** Board times of frames that the recording holds, s: they are shown again and not recorded. */
  readonly #known: ReadonlySet<number>;
  /** Null where pictures are not kept. */
  readonly #keeper: FrameKeeper | null;

  private constructor(
    source: FrameSource,
    section: CameraSection,
    eyes: Eyes,
    recording: Recording,
    { ue, known }: { readonly ue: string; readonly known: ReadonlySet<number> },
  ) {
    this.#feed = new FrameFeed(source, {
      size: eyes.size,
      intervalS: 1 / section.rate,
      latencyS: section.latency,
    });
    this.#eyes = eyes;
    this.#recording = recording;
    this.#ue = ue;
    this.#known = known;
    this.#keeper = section.keep ? new FrameKeeper(recording.folder) : null;
  }

  /**
   * Null where the tracker does not see, or there is no camera.
   *
   * @param isResumed whether epochs are gone through again that the recording holds.
   * @throws what the sources throw; BAD_ARGUMENT for a run that cannot be resumed.
   */
  static async open(
    { testbed, recording, preparation, clock }: CampaignParts,
    tracker: Tracker,
    isResumed: boolean,
  ): Promise<CameraFrames | null> {
    const section = preparation.scenario.tracking?.camera;
    const { eyes } = tracker;
    if (section === undefined || eyes === undefined) return null;
    const { source: written, latency: latencyS, rate } = section;
    if (isStream(section) && isResumed) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: 'What a camera on the network showed is gone: a run that went by it cannot be resumed',
        where: 'tracking.camera.source',
        todo: 'Begin a new run',
      });
    }
    const source =
      testbed.camera ??
      (isStream(section)
        ? new StreamSource(written, {
            ...{ clock, latencyS },
            // Whoever follows the recording's events tells it.
            onChange: (what) => recording.event('camera', { what }),
          })
        : new FolderSource(written, { intervalS: 1 / rate, latencyS }));
    // Now, or the first picture would wait for it while epochs go by.
    sharp();
    const [user] = preparation.users;
    // Also those before an epoch that an interruption left without a row.
    const recorded = await recording.rows('sensor_reports', `WHERE sensor = '${CAMERA}'`);
    const known = new Set(recorded.map(({ boardTimeS }) => boardTimeS));
    return new CameraFrames(source, section, eyes, recording, { ue: user!.id, known });
  }

  /** What is there before an epoch. */
  async show({ epoch, beginsAtS }: EpochTime): Promise<void> {
    for (const { frame, follows, taken, isLate } of await this.#feed.take(beginsAtS)) {
      this.#eyes.see(frame, follows);
      if (this.#known.has(frame.boardTimeS)) continue;
      const kept = this.#keeper?.keep(taken);
      const report: RecordedFrame = {
        file: kept ?? taken.file,
        ...(kept !== undefined && { isKept: true }),
        isLate,
        follows,
      };
      const row = { ue: this.#ue, sensor: CAMERA, boardTimeS: frame.boardTimeS, report, epoch };
      this.#recording.append('sensor_reports', row);
    }
  }

  async close(): Promise<void> {
    const counts: FrameCounts = this.#feed.counts;
    this.#recording.event(CAMERA_FRAMES, counts);
    await this.#feed.close();
    await this.#keeper?.close();
  }
}
