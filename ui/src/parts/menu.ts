/** The entries of a menu, and the menus that elements have for a right click. */
import type { Component } from 'svelte';
import type { Attachment } from 'svelte/attachments';

export interface MenuItem {
  label: string;
  hint?: string;
  icon?: Component;
  danger?: boolean;
  disabled?: boolean;
  /** Whether it is the current one; turns the menu into a single choice. */
  checked?: boolean;
  testid?: string;
  onselect: () => void;
}

/** An item, or a line between items. */
export type MenuEntry = MenuItem | null;

const menus = new WeakMap<Element, () => MenuEntry[]>();

/** Gives an element its menu for a right click. It is made when it opens. */
export function menu(entries: () => MenuEntry[]): Attachment {
  return (element) => {
    menus.set(element, entries);
    return () => menus.delete(element);
  };
}

/** The menu of the nearest element around a target that has one. */
export function menuAt(target: Element | null): MenuEntry[] {
  for (let each = target; each; each = each.parentElement) {
    const entries = menus.get(each)?.() ?? [];
    if (entries.length > 0) return entries;
  }
  return [];
}
