/** The part of a service user that can be edited, as it is now: what an edit begins with. */
import type { ServiceUser, ServiceUserDraft } from './bindings';

export function draftOf({ name, scopes, favourite, tags, notes }: ServiceUser): ServiceUserDraft {
  return { name, scopes, favourite, tags, notes };
}
