/** The icon for a kind of credential. */
import KeyRound from '@lucide/svelte/icons/key-round';
import RectangleEllipsis from '@lucide/svelte/icons/rectangle-ellipsis';
import ScanEye from '@lucide/svelte/icons/scan-eye';
import Ticket from '@lucide/svelte/icons/ticket';
import type { Component } from 'svelte';
import type { CredentialKind } from '../../lib/bindings';

const ICONS: Record<CredentialKind, Component> = {
  'private-key': KeyRound,
  'client-secret': RectangleEllipsis,
  'personal-token': Ticket,
  'application-key': ScanEye,
};

/** The icon for a kind, or a key if there is no credential. */
export function kindIcon(kind: CredentialKind | null): Component {
  return kind ? ICONS[kind] : KeyRound;
}
