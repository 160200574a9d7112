/** What a rotation is waiting for, and its steps as they are shown. Pure: the time is an argument. */
import { clock } from './format';
import { strings } from './strings';
import type { CredentialKind, Maker, Rotation, RotationView, Step, StepRecord } from './bindings';

/**
 * Where a rotation is: at work, waiting for a person (`pause`, `upload`, `bring`, `byHand`), for time (`grace`) or for the next
 * hourly look (`due`), held up (`failed`, `stopped`), or over (`done`, `undone`).
 */
export type Where = 'running' | 'pause' | 'upload' | 'bring' | 'grace' | 'due' | 'byHand' | 'failed' | 'stopped' | 'done' | 'undone';

export function whereIs({ rotation, next }: RotationView, running: boolean): Where {
  if (rotation.endedAt !== null) return rotation.direction === 'forward' ? 'done' : 'undone';
  if (running) return 'running';
  switch (next.kind) {
    case 'pause':
    case 'upload':
    case 'bring':
    case 'grace':
      return next.kind;
    case 'removeByHand':
      return 'byHand';
    case 'do':
    case 'end':
      if (rotation.steps.at(-1)?.errorCode) return 'failed';
      return rotation.asked === null && (rotation.stage === 'switched' || rotation.stage === 'disabled') && rotation.direction === 'forward' ? 'due' : 'stopped';
  }
}

/** Whether the old credential is switched off at the server, and waits to be removed. */
export function isOff({ rotation }: RotationView): boolean {
  return rotation.stage === 'disabled';
}

/** Whether somebody has to do something, other than to wait. */
export function needsSomebody(where: Where): boolean {
  return where === 'pause' || where === 'upload' || where === 'bring' || where === 'byHand' || where === 'failed' || where === 'stopped';
}

/** Whether what a person brought to it, or said about it, may still be replaced: it isn't proven, and nothing goes on. */
export function takesAnother({ rotation }: RotationView, where: Where): boolean {
  return (where === 'failed' || where === 'stopped') && rotation.stage === 'registered' && rotation.direction === 'forward';
}

/** In a few words, where a rotation is: `old key works until Fri 14:00`. */
export function whereInWords(view: RotationView, where: Where, now: number): string {
  const words = strings.rotation.where;
  const kind = strings.rotation.kinds[view.rotation.kind];
  if (where === 'grace' && view.next.kind === 'grace') return words[isOff(view) ? 'off' : 'grace'](kind, clock(view.next.until, now));
  if (where === 'failed') return words.failed(strings.rotation.steps[view.rotation.steps.at(-1)?.step ?? 'make'](kind));
  if (where === 'done' && view.rotation.old === null) return words.added;
  if (where === 'byHand' && view.rotation.direction === 'back') return words.byHandBack(kind);
  if (where === 'stopped' && view.rotation.asked !== null) return words.interrupted;
  return where === 'grace' ? '' : words[where](kind);
}

/** A step as it is shown. */
export interface StepLine {
  step: Step;
  state: 'done' | 'now' | 'failed' | 'unanswered' | 'ahead';
  /** The last record of it, if it was asked for. */
  record: StepRecord | null;
  /** How often it was asked for. */
  tries: number;
}

/** The steps that were taken, repeated ones once, then those that are ahead. */
export function stepLines({ rotation, ahead }: RotationView, running: boolean): StepLine[] {
  const lines: StepLine[] = [];
  for (const record of rotation.steps) {
    const last = lines.at(-1);
    if (last?.step === record.step && last.state !== 'done') lines.pop();
    const tries = last?.step === record.step ? last.tries + 1 : 1;
    lines.push({ step: record.step, state: stateOf(record), record, tries });
  }
  const last = lines.at(-1);
  if (last?.state === 'unanswered' && running) last.state = 'now';
  // What is under way, or will be tried again, is the first of those ahead.
  const begun = last !== undefined && last.state !== 'done' && ahead[0] === last.step;
  return [...lines, ...ahead.slice(begun ? 1 : 0).map((step): StepLine => ({ step, state: 'ahead', record: null, tries: 0 }))];
}

function stateOf(record: StepRecord): StepLine['state'] {
  if (record.errorCode !== null) return 'failed';
  return record.answeredAt === null ? 'unanswered' : 'done';
}

/** Whether a step does something about the old credential: it comes after the grace. */
export function retires(step: Step): boolean {
  return step === 'disable' || step === 'remove' || step === 'forget';
}

/** What is known about a rotation before and after it began, as far as steps are explained by it. */
export interface StepContext {
  kind: CredentialKind;
  maker: Maker;
  /** The API's name. */
  api: string;
  /** Who acts. */
  byName: string;
  /** How long the proof may take, in seconds; null where that isn't known. */
  delaySeconds: number | null;
}

export function contextOf(rotation: Rotation): StepContext {
  return { kind: rotation.kind, maker: rotation.traits.maker, api: rotation.recipe, byName: rotation.byName, delaySeconds: null };
}

/** Whether a person does in the provider's console what others do through an API. */
export function isByHand(maker: Maker): boolean {
  return maker === 'console' || maker === 'download';
}

/** What a step does, in a sentence below its name; empty if the name says it all. */
export function explained(step: Step, { maker, api, byName, delaySeconds }: StepContext): string {
  const words = strings.rotation.explain;
  const atServer = isByHand(maker) ? words.inConsole : words.by(byName, api);
  switch (step) {
    case 'make':
      return maker === 'download' ? words.bring : words.make;
    case 'register':
      return maker === 'server' ? words.serverMakes(byName, api) : atServer;
    case 'prove':
      return delaySeconds ? words.prove(delaySeconds) : words.proveAlone;
    case 'disable':
    case 'remove':
    case 'enable':
    case 'removeNew':
      return atServer;
    case 'forget':
    case 'forgetNew':
      return words.here;
    case 'find':
      return words.find;
    case 'sweep':
      return words.sweep;
    case 'switch':
    case 'switchBack':
      return '';
  }
}
