/** What can be done from anywhere. */
import AArrowDown from '@lucide/svelte/icons/a-arrow-down';
import AArrowUp from '@lucide/svelte/icons/a-arrow-up';
import BookOpen from '@lucide/svelte/icons/book-open';
import Bug from '@lucide/svelte/icons/bug';
import CalendarArrowDown from '@lucide/svelte/icons/calendar-arrow-down';
import ClipboardPaste from '@lucide/svelte/icons/clipboard-paste';
import Download from '@lucide/svelte/icons/download';
import FileKey from '@lucide/svelte/icons/file-key';
import FlaskConical from '@lucide/svelte/icons/flask-conical';
import GitCompare from '@lucide/svelte/icons/git-compare';
import AppWindow from '@lucide/svelte/icons/app-window';
import History from '@lucide/svelte/icons/history';
import Keyboard from '@lucide/svelte/icons/keyboard';
import MonitorCog from '@lucide/svelte/icons/monitor-cog';
import Lock from '@lucide/svelte/icons/lock';
import LockOpen from '@lucide/svelte/icons/lock-open';
import Moon from '@lucide/svelte/icons/moon';
import Plus from '@lucide/svelte/icons/plus';
import Power from '@lucide/svelte/icons/power';
import Radar from '@lucide/svelte/icons/radar';
import Scale from '@lucide/svelte/icons/scale';
import ScanSearch from '@lucide/svelte/icons/scan-search';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Settings from '@lucide/svelte/icons/settings';
import Sparkles from '@lucide/svelte/icons/sparkles';
import Sun from '@lucide/svelte/icons/sun';
import Trash from '@lucide/svelte/icons/trash-2';
import Type from '@lucide/svelte/icons/type';
import Undo from '@lucide/svelte/icons/undo-2';
import Users from '@lucide/svelte/icons/users';
import type { AppState } from '../../lib/app.svelte';
import type { ActivityFilter, Link } from '../../lib/bindings';
import { ipc } from '../../lib/ipc';
import { KEYS } from '../../lib/keys';
import { strings } from '../../lib/strings';
import type { Command } from './command';

const words = strings.commands;
const palette = strings.shell.palette;
const rail = strings.shell.rail;
const THEMES = { system: MonitorCog, light: Sun, dark: Moon };
const LINKS: [Link, Command['icon']][] = [
  ['documentation', BookOpen],
  ['what-is-new', Sparkles],
  ['licence', Scale],
  ['issues', Bug],
];

/** The whole record of activity. */
const EVERYTHING: ActivityFilter = { action: null, environment: null, serviceUser: null, outcome: null, text: '' };

/** Commands in the order in which an empty palette lists them. */
export function globalCommands(app: AppState): Command[] {
  return [
    ...doing(app),
    ...places(app),
    ...exports(app),
    ...appearance(app),
    { id: 'shortcuts', label: words.shortcuts, icon: Keyboard, keys: KEYS.shortcuts, keywords: words.helpKeywords, run: () => (app.shortcuts = true) },
    ...LINKS.map(([link, icon]): Command => ({ id: link, label: words.links[link], ...(icon && { icon }), keywords: words.helpKeywords, run: () => void app.openLink(link) })),
    { id: 'quit', label: words.quit, icon: Power, keys: KEYS.quit, keywords: words.quitKeywords, run: () => void app.quit() },
  ];
}

function doing(app: AppState): Command[] {
  return [
    ...(app.removal.pending.length > 0 || app.moving.back.length > 0
      ? [{ id: 'undo', label: app.removal.pending.length > 0 ? words.undo : words.undoMove, icon: Undo, keys: KEYS.undo, run: () => void app.undo() }]
      : []),
    { id: 'import', label: strings.shell.list.importKeys, icon: FileKey, keys: KEYS.import, run: () => void app.reviews.choose() },
    { id: 'paste', label: words.paste, icon: ClipboardPaste, keys: KEYS.paste, keywords: words.pasteKeywords, run: () => void app.arrivals.paste() },
    { id: 'lock', label: strings.agent.lock.now, icon: Lock, keywords: strings.agent.lock.keywords, run: () => void app.agent.lock() },
    ...(app.keychain.state?.state === 'locked' ? [{ id: 'unlock', label: words.unlock, icon: LockOpen, run: () => void app.unlockKeychain() }] : []),
    { id: 'add', label: rail.add, icon: Plus, keys: KEYS.addEnvironment, run: () => void app.addEnvironment() },
    { id: 'inspect-clipboard', label: palette.inspectClipboard, icon: ScanSearch, run: () => void app.go({ kind: 'inspector', action: 'clipboard' }) },
    { id: 'compare', label: palette.compare, icon: GitCompare, run: () => void app.go({ kind: 'inspector', action: 'compare' }) },
    app.environments.hasDemo
      ? { id: 'remove-demo', label: rail.removeDemo, icon: Trash, run: () => void app.demo.remove() }
      : { id: 'demo', label: strings.shell.firstRun.startDemo, icon: FlaskConical, run: () => void app.demo.start() },
  ];
}

function places(app: AppState): Command[] {
  return [
    { id: 'inspector', label: rail.inspector, icon: ScanSearch, keys: KEYS.inspector, run: () => void app.go({ kind: 'inspector' }) },
    { id: 'programs', label: strings.agent.programs.title, icon: AppWindow, run: () => void app.go({ kind: 'programs' }) },
    { id: 'all', label: rail.all, icon: Users, run: () => void app.go({ kind: 'users', of: null }) },
    { id: 'radar', label: rail.radar, icon: Radar, run: () => void app.go({ kind: 'radar' }) },
    { id: 'activity', label: rail.activity, icon: History, run: () => void app.go({ kind: 'activity' }) },
    { id: 'settings', label: rail.settings, icon: Settings, keys: KEYS.settings, run: () => void app.go({ kind: 'settings' }) },
    { id: 'profiles', label: strings.profiles.title, icon: ScrollText, run: () => void app.go({ kind: 'profiles' }) },
  ];
}

/** What is saved to a file of the user's choice. */
function exports(app: AppState): Command[] {
  return [
    ...(['csv', 'json'] as const).map((form): Command => ({
      id: `export-activity-${form}`,
      label: words.exportActivity[form],
      icon: Download,
      keywords: words.exportKeywords,
      run: () => void app.exports.save(() => ipc.exportActivity(EVERYTHING, form)),
    })),
    { id: 'export-calendar', label: words.exportCalendar, icon: CalendarArrowDown, keywords: words.exportKeywords, run: () => void app.exports.save(() => ipc.exportCalendar()) },
  ];
}

function appearance(app: AppState): Command[] {
  return [
    { id: 'larger', label: palette.larger, icon: AArrowUp, keys: KEYS.larger, keywords: palette.zoomKeywords, run: () => void app.zoom.change(1) },
    { id: 'smaller', label: palette.smaller, icon: AArrowDown, keys: KEYS.smaller, keywords: palette.zoomKeywords, run: () => void app.zoom.change(-1) },
    { id: 'actual-size', label: palette.actualSize, icon: Type, keys: KEYS.actualSize, keywords: palette.zoomKeywords, run: () => void app.zoom.change(0) },
    // The current theme is no choice.
    ...(['light', 'dark', 'system'] as const)
      .filter((theme) => theme !== app.settings.current?.theme)
      .map((theme): Command => ({ id: `theme-${theme}`, label: palette.themes[theme], icon: THEMES[theme], keywords: palette.themeKeywords, run: () => void app.settings.change('theme', theme) })),
  ];
}
