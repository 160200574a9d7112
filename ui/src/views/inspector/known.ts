/** The environment whose issuer a token names, where its keys can tell whether that is true. */
import type { Environment, EnvironmentOverview } from '../../lib/bindings';
import type { Inspecting } from '../../lib/inspecting.svelte';
import { signingOf } from '../inspection/signing';

export function knownIssuer(inspecting: Inspecting, environments: readonly EnvironmentOverview[]): Environment | null {
  const found = inspecting.found.current;
  if (!found || signingOf(found)?.by !== 'key') return null;
  return environments.find(({ environment }) => environment.id === found.namedEnvironment)?.environment ?? null;
}
