/** What can be done with one service user, or with several. */
import BookUser from '@lucide/svelte/icons/book-user';
import ArrowRightLeft from '@lucide/svelte/icons/arrow-right-left';
import CalendarClock from '@lucide/svelte/icons/calendar-clock';
import Copy from '@lucide/svelte/icons/copy';
import FileKey from '@lucide/svelte/icons/file-key';
import FingerprintPattern from '@lucide/svelte/icons/fingerprint-pattern';
import History from '@lucide/svelte/icons/history';
import KeyRound from '@lucide/svelte/icons/key-round';
import Pencil from '@lucide/svelte/icons/pencil';
import Rotate from '@lucide/svelte/icons/rotate-cw';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import ScanSearch from '@lucide/svelte/icons/scan-search';
import ShieldQuestion from '@lucide/svelte/icons/shield-question-mark';
import Star from '@lucide/svelte/icons/star';
import Tag from '@lucide/svelte/icons/tag';
import Terminal from '@lucide/svelte/icons/terminal';
import Trash from '@lucide/svelte/icons/trash-2';
import type { AppState } from '../../lib/app.svelte';
import type { CopyForm, ServiceUserRow } from '../../lib/bindings';
import type { Tab } from '../../lib/detail.svelte';
import { visible } from '../../lib/format';
import { KEYS, type Keys } from '../../lib/keys';
import { mayHave } from '../../lib/provider';
import { strings } from '../../lib/strings';
import type { Command } from './command';

const words = strings.commands;

/** What the palette, menus and keys do with one service user. */
export interface UserCommands {
  token: Command[];
  show: Command[];
  change: Command[];
  /** What the palette alone has: menus are short. */
  more: Command[];
  remove: Command;
}

/** Service users with the same kind have the same commands, but for the name in them. */
export function kindOf(app: AppState, { id, environment, credentialKind, credentials, defaultCredential, favourite }: ServiceUserRow): string {
  return [environment, credentialKind, credentials > 0, defaultCredential !== null, favourite, app.rotations.of(id) !== null].join(' ');
}

/** All commands of one service user, the likeliest first. */
export function allUserCommands(app: AppState, row: ServiceUserRow): Command[] {
  const { token, show, change, more, remove } = userCommands(app, row);
  return [...token, ...change, ...show, ...more, remove];
}

export function userCommands(app: AppState, row: ServiceUserRow): UserCommands {
  const name = visible(row.name);
  const { id, environment } = row;
  const named = (word: (name: string) => string) => ({ whole: word(name) });
  const copyAs = (form: CopyForm, keys?: Keys): Command => ({
    id: `copy-as-${form}`,
    label: words.copyAs(strings.copyForms[form]),
    ...named((of) => words.copyAsOf(strings.copyForms[form], of)),
    icon: form === 'curl' || form === 'export' ? Terminal : Copy,
    ...(keys && { keys }),
    run: () => void app.copyFromRow(id, environment, form),
  });
  const tab = (which: Tab, icon: Command['icon'], label: string, whole: (name: string) => string): Command => ({
    id: `show-${which}`,
    label,
    ...named(whole),
    ...(icon && { icon }),
    run: () => void app.showTab(id, environment, which),
  });
  const mints = row.credentialKind !== null && row.credentialKind !== 'application-key';
  return {
    token: mints
      ? [
          { id: 'copy-token-of', label: strings.shell.list.copyToken, ...named(strings.shell.list.copyTokenOf), icon: Copy, keys: KEYS.copy, run: () => void app.copyFromRow(id, environment) },
          copyAs('header', KEYS.copyHeader),
          copyAs('curl', KEYS.copyCurl),
          copyAs('export'),
          copyAs('json'),
          { id: 'mint-new-of', label: strings.detail.token.mintNew, ...named(words.mintOf), icon: RefreshCw, keys: KEYS.mint, run: () => void app.mintNew(id, environment) },
        ]
      : [],
    show: [
      ...(mints
        ? [
            tab('claims', ScanSearch, words.showClaims, words.showClaimsOf),
            tab('userinfo', BookUser, words.showUserinfo, words.showUserinfoOf),
          ]
        : []),
      tab('credentials', KeyRound, words.showCredentials, words.showCredentialsOf),
      { id: 'copy-user-id', label: words.copyUserId, ...named(words.copyUserIdOf), icon: FingerprintPattern, run: () => void app.copyUserId(row) },
      { id: 'copy-public-key', label: words.copyPublicKey, ...named(words.copyPublicKeyOf), icon: KeyRound, run: () => void app.copyPublicKeys([row]) },
    ],
    change: [
      {
        id: 'toggle-favourite',
        label: row.favourite ? strings.detail.unfavour : strings.detail.favour,
        ...named(row.favourite ? strings.shell.palette.unfavour : strings.shell.palette.favour),
        icon: Star,
        keys: KEYS.favourite,
        run: () => void app.toggleFavourite(row),
      },
      ...rotation(app, row),
      { id: 'rename', label: strings.detail.rename, ...named(words.renameOf), icon: Pencil, keys: KEYS.rename, keywords: words.renameKeywords, run: () => app.ask({ what: 'edit', user: row }) },
      ...(mayMove(app, [row]) ? [{ id: 'move-user', label: words.move, ...named(words.moveOf), icon: ArrowRightLeft, run: () => app.ask({ what: 'move', users: [row] }) }] : []),
      ...(app.environments.of(environment)?.environment.demo ? [] : [{ id: 'import-another', label: row.credentials > 0 ? strings.detail.importKey : strings.detail.importFirst, ...named(row.credentials > 0 ? words.importForOf : words.importFirstOf), icon: FileKey, run: () => app.reviews.show(environment) }]),
    ],
    more: [
      ...(mints && introspectable(app, row) ? [tab('introspection', ShieldQuestion, words.showIntrospection, words.showIntrospectionOf)] : []),
      ...(mints ? [tab('elsewhere', Terminal, words.showElsewhere, words.showElsewhereOf)] : []),
      tab('activity', History, words.showActivity, words.showActivityOf),
      ...(row.defaultCredential === null
        ? []
        : [{ id: 'set-expiry-of', label: strings.rotation.expiry.set, ...named(words.setExpiryOf), icon: CalendarClock, run: () => void app.askExpiry(id) }]),
    ],
    remove: { id: 'forget-user', label: strings.detail.forget, ...named(words.removeOf), icon: Trash, keys: KEYS.remove, danger: true, run: () => app.ask({ what: 'remove', users: [row] }) },
  };
}

/** Whether its issuer may have introspection. */
function introspectable(app: AppState, row: ServiceUserRow): boolean {
  const environment = app.environments.of(row.environment)?.environment;
  return environment !== undefined && mayHave(environment, app.environments.provider(environment.provider), 'introspection');
}

/** Rotating its credential, if its provider's are rotated; or the rotation that is under way. */
function rotation(app: AppState, row: ServiceUserRow): Command[] {
  const kind = row.credentialKind;
  const provider = app.environments.provider(app.environments.of(row.environment)?.environment.provider ?? '');
  if (kind === null || !provider?.rotates.includes(kind)) return [];
  const { command, commandOf, resume, resumeOf, keywords } = strings.rotation;
  const name = visible(row.name);
  const under = app.rotations.of(row.id) !== null;
  return [{ id: 'rotate-of', label: under ? resume : command, whole: under ? resumeOf(name) : commandOf(name), icon: Rotate, keywords, run: () => void app.rotate(row.id) }];
}

/** The menu of one service user. */
export function userMenu(app: AppState, row: ServiceUserRow): (Command | null)[] {
  const { token, show, change, remove } = userCommands(app, row);
  return [...token, ...(token.length > 0 ? [null] : []), ...show, null, ...change, null, remove];
}

/**
 * What can be done with several service users. Production has no actions that change many at once: its service users
 * are changed one by one.
 */
export function selectionCommands(app: AppState, rows: ServiceUserRow[]): Command[] {
  const live = rows.some((row) => app.environments.of(row.environment)?.environment.tier === 'production');
  const many = rows.length;
  return [
    { id: 'copy-public-keys', label: words.copyPublicKeys, whole: words.copyPublicKeysOf(many), icon: KeyRound, run: () => void app.copyPublicKeys(rows) },
    { id: 'tag-selected', label: words.tag, whole: words.tagOf(many), icon: Tag, run: () => app.ask({ what: 'tag', users: rows }) },
    ...(live
      ? []
      : [
          ...(mayMove(app, rows) ? [{ id: 'move-selected', label: words.move, whole: words.moveMany(many), icon: ArrowRightLeft, run: () => app.ask({ what: 'move', users: rows }) }] : []),
          { id: 'remove-selected', label: words.remove, whole: words.removeMany(many), icon: Trash, keys: KEYS.remove, danger: true, run: () => app.ask({ what: 'remove', users: rows }) },
        ]),
  ];
}

/** Whether there is another environment to move them to. The demo's stay there: their issuers are inside the app. */
function mayMove(app: AppState, rows: ServiceUserRow[]): boolean {
  const of = new Set(rows.map((row) => row.environment));
  return [...of].every((id) => !app.environments.of(id)?.environment.demo) && app.environments.own.some(({ environment }) => of.size > 1 || !of.has(environment.id));
}
