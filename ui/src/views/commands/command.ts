/** A command: something the user can do, listed in the palette, in menus and on the sheet of shortcuts. */
import type { Component } from 'svelte';
import type { Keys } from '../../lib/keys';
import { written } from '../../lib/keys';
import type { MenuEntry } from '../../parts/menu';

export interface Command {
  id: string;
  /** What it does, beside the thing it does it to: in a menu. */
  label: string;
  /** What it does, with the name of the thing: in the palette. The same as the label if there is none. */
  whole?: string;
  icon?: Component;
  keys?: Keys;
  /** What else finds it, in lower case. */
  keywords?: string;
  danger?: boolean;
  run: () => void;
}

/** Commands as the entries of a menu; null draws a line. */
export function menuOf(commands: (Command | null)[]): MenuEntry[] {
  return commands.map((each) =>
    each && {
      label: each.label,
      testid: each.id,
      onselect: each.run,
      ...(each.icon && { icon: each.icon }),
      ...(each.keys && { hint: written(each.keys) }),
      ...(each.danger && { danger: true }),
    },
  );
}
