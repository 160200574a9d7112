/** What can be done with an environment. */
import ArrowDown from '@lucide/svelte/icons/arrow-down';
import ArrowUp from '@lucide/svelte/icons/arrow-up';
import Copy from '@lucide/svelte/icons/copy';
import FileKey from '@lucide/svelte/icons/file-key';
import Pencil from '@lucide/svelte/icons/pencil';
import Trash from '@lucide/svelte/icons/trash-2';
import UserPlus from '@lucide/svelte/icons/user-plus';
import type { AppState } from '../../lib/app.svelte';
import type { Environment } from '../../lib/bindings';
import { visible } from '../../lib/format';
import { strings } from '../../lib/strings';
import type { Command } from './command';

const words = strings.commands;

export function environmentCommands(app: AppState, environment: Environment): Command[] {
  const name = visible(environment.name);
  return [
    { id: 'edit-environment', label: `${strings.shell.list.edit}…`, whole: words.editEnvironmentOf(name), icon: Pencil, keywords: words.editEnvironmentKeywords, run: () => void app.changeEnvironment(environment) },
    ...(environment.demo ? [] : [{ id: 'import-into', label: words.importInto, whole: words.importIntoOf(name), icon: FileKey, run: () => app.reviews.show(environment.id) }]),
    ...(app.environments.provider(environment.provider)?.creation
      ? [{ id: 'create-user', label: strings.rotation.create.command, whole: strings.rotation.create.commandOf(name), icon: UserPlus, run: () => app.ask({ what: 'createUser', environment }) }]
      : []),
    { id: 'copy-issuer', label: words.copyIssuer, whole: words.copyIssuerOf(name), icon: Copy, run: () => void app.status.copied(strings.environment.issuer, environment.issuer) },
    ...moving(app, environment, -1),
    ...moving(app, environment, 1),
    { id: 'forget-environment', label: strings.shell.list.forget, whole: words.removeEnvironmentOf(name), icon: Trash, danger: true, run: () => app.ask({ what: 'removeEnvironment', environment }) },
  ];
}

/** Moving it past its neighbour; at the edge of its group, moving all of the group. */
function moving(app: AppState, { id, name, group }: Environment, by: 1 | -1): Command[] {
  const moves = app.environments.moves(id, by);
  if (moves === null) return [];
  const { label, of, groupLabel, groupOf } = by < 0 ? words.moveUp : words.moveDown;
  const command = { id: by < 0 ? 'move-up' : 'move-down', icon: by < 0 ? ArrowUp : ArrowDown, run: () => void app.environments.move(id, by) };
  return [moves === 'environment' ? { ...command, label, whole: of(visible(name)) } : { ...command, label: groupLabel, whole: groupOf(visible(group ?? '')) }];
}

/** The menu of an environment: removing it is separate. */
export function environmentMenu(app: AppState, environment: Environment): (Command | null)[] {
  const commands = environmentCommands(app, environment);
  return [...commands.slice(0, -1), null, ...commands.slice(-1)];
}
