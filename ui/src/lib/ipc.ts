/**
 * The way to the app's core: the only importer of the generated bindings' values and of `@tauri-apps`.
 *
 * Every command resolves to its data or rejects with a `Failure` that carries a `Problem`. Tests and
 * the gallery put another `Ipc` in its place with `replaceIpc`.
 */
import * as bindings from './bindings';
import { strings } from './strings';
import type { AgentChanged, DragOver, FilesReviewed, Problem, RotationChanged, TrayCopied, Wanted } from './bindings';

type Commands = typeof bindings.commands;
type DataOf<R> = R extends { status: 'ok'; data: infer D } ? D : never;

type Calls = {
  [K in keyof Commands]: (...args: Parameters<Commands[K]>) => Promise<DataOf<Awaited<ReturnType<Commands[K]>>>>;
};

/** Ends a subscription. */
export type Unlisten = () => void;

/** The core as the page sees it. */
export interface Ipc extends Calls {
  /** Tells of files that were dropped on the window or handed over by a second start. */
  onFilesReviewed(hear: (event: FilesReviewed) => void): Promise<Unlisten>;
  /** Tells whether files are held over the window. */
  onDragOver(hear: (event: DragOver) => void): Promise<Unlisten>;
  /** Tells of what was asked for outside the window: the palette's keys, a click on a notification. */
  onWanted(hear: (event: Wanted) => void): Promise<Unlisten>;
  /** Tells of a favourite that was clicked in the tray. */
  onTrayCopied(hear: (event: TrayCopied) => void): Promise<Unlisten>;
  /** Tells that something about programs has changed, or the lock. */
  onAgentChanged(hear: (event: AgentChanged) => void): Promise<Unlisten>;
  /** Tells that a copied token is no longer on the clipboard. */
  onClipboardReplaced(hear: () => void): Promise<Unlisten>;
  /** Tells of each step of a rotation. */
  onRotationChanged(hear: (event: RotationChanged) => void): Promise<Unlisten>;
  /** Tells that servers were asked when credentials expire. */
  onExpiryChanged(hear: () => void): Promise<Unlisten>;
}

/** A command that failed, with what the screen says about it. */
export class Failure extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.name = 'Failure';
    this.problem = problem;
  }
}

/** Turns whatever was thrown into a problem. Failures of the framework itself arrive as plain text. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Failure) return thrown.problem;
  if (isProblem(thrown)) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: 'app-failed',
    message: strings.problem.appFailed,
    dated: null,
    help: strings.problem.appFailedHelp,
    next: 'none',
    line: null,
    details: text ? [text] : [],
    serverResponse: null,
    causes: [],
    report: `${strings.problem.appFailed} (app-failed)\n  ${text}\n`,
  };
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value && 'help' in value;
}

type Reply = { status: 'ok'; data: unknown } | { status: 'error'; error: unknown };

async function settle(reply: Promise<Reply>): Promise<unknown> {
  let settled: Reply;
  try {
    settled = await reply;
  } catch (thrown) {
    throw new Failure(problemOf(thrown));
  }
  if (settled.status === 'error') throw new Failure(problemOf(settled.error));
  return settled.data;
}

function realCalls(): Calls {
  const calls = Object.entries(bindings.commands).map(([name, command]) => {
    const call = command as (...args: unknown[]) => Promise<Reply>;
    return [name, (...args: unknown[]) => settle(call(...args))] as const;
  });
  // The mapped type above says what this loop does for each command.
  return Object.fromEntries(calls) as unknown as Calls;
}

const real: Ipc = {
  ...realCalls(),
  onFilesReviewed: (hear) => bindings.events.filesReviewed.listen((event) => hear(event.payload)),
  onDragOver: (hear) => bindings.events.dragOver.listen((event) => hear(event.payload)),
  onWanted: (hear) => bindings.events.wanted.listen((event) => hear(event.payload)),
  onTrayCopied: (hear) => bindings.events.trayCopied.listen((event) => hear(event.payload)),
  onAgentChanged: (hear) => bindings.events.agentChanged.listen((event) => hear(event.payload)),
  onClipboardReplaced: (hear) => bindings.events.clipboardReplaced.listen(() => hear()),
  onRotationChanged: (hear) => bindings.events.rotationChanged.listen((event) => hear(event.payload)),
  onExpiryChanged: (hear) => bindings.events.expiryChanged.listen(() => hear()),
};

/** The periods that the core counts with. */
export const periods = bindings.periods;

/** The core; a live binding, so that `replaceIpc` reaches every importer. */
export let ipc: Ipc = real;

/** Puts another core in place; what it leaves out fails with a sentence. */
export function replaceIpc(fake: Partial<Ipc>): void {
  const absent = (name: string) => () => Promise.reject(new Failure(problemOf(`no fake for ${name}`)));
  const names = [...Object.keys(bindings.commands), 'onFilesReviewed', 'onDragOver', 'onWanted', 'onTrayCopied', 'onClipboardReplaced', 'onRotationChanged', 'onExpiryChanged', 'onAgentChanged'];
  const blank = Object.fromEntries(names.map((name) => [name, absent(name)])) as unknown as Ipc;
  ipc = { ...blank, ...fake };
}
