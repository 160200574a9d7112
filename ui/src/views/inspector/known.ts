/** The environment whose issuer a token names, where its keys can tell whether that is true. */
import type { Environment, EnvironmentOverview } from '../../lib/bindings';
import type { Inspecting } from '../../lib/inspecting.svelte';
import { sameIssuer } from '../environment/form.svelte';
import { signingOf } from '../inspection/signing';

export function knownIssuer(inspecting: Inspecting, environments: readonly EnvironmentOverview[]): Environment | null {
  const found = inspecting.found.current;
  if (!inspecting.told || !found || signingOf(found)?.by !== 'key') return null;
  return environments.find(({ environment }) => sameIssuer(environment.issuer, inspecting.told))?.environment ?? null;
}
