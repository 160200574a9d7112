/** Why a rotation's last step failed, and what its problem offers. */
import type { NextStep, Problem, Rotation } from './bindings';

/** What removes a cause in the middle of a rotation. Trying again and going back are offered for each failure. */
const REMEDIES: readonly NextStep[] = ['unlock-keychain', 'edit-environment', 'use-server-time'];

/** A problem with those next steps alone that fit a rotation: another credential to import is not among them. */
export function inRotation(problem: Problem): Problem {
  const fitting = (next: NextStep): NextStep => (REMEDIES.includes(next) ? next : 'none');
  const causes = problem.causes.map((cause) => ({ ...cause, next: fitting(cause.next) }));
  return { ...problem, next: fitting(problem.next), causes };
}

/** The failure of the last step as it is recorded: what is still known of it after a restart. */

export function recordedProblem(rotation: Rotation): Problem | null {
  const last = rotation.steps.at(-1);
  if (!last || last.errorCode === null) return null;
  const { errorCode: code, error, help } = last;
  const message = error ?? code;
  return {
    code,
    message,
    dated: null,
    help: help ?? '',
    next: 'none',
    line: null,
    details: [],
    serverResponse: null,
    causes: [],
    report: `${message} (${code})\n  ${help ?? ''}\n`,
  };
}
