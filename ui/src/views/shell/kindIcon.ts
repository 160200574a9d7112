/** The picture of a kind of credential. */
import KeyRound from '@lucide/svelte/icons/key-round';
import type { Component } from 'svelte';
import type { CredentialKind } from '../../lib/bindings';

const ICONS: Partial<Record<CredentialKind, Component>> = {
  'private-key': KeyRound,
};

/** The kind's own picture, or a key for one that has none. */
export function kindIcon(kind: CredentialKind | null): Component {
  return (kind && ICONS[kind]) ?? KeyRound;
}
