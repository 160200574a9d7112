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
  const at = app.environments.list.findIndex((each) => each.environment.id === environment.id);
  return [
    { id: 'edit-environment', label: `${strings.shell.list.edit}…`, whole: words.editEnvironmentOf(name), icon: Pencil, run: () => void app.changeEnvironment(environment) },
    ...(environment.demo ? [] : [{ id: 'import-into', label: words.importInto, whole: words.importIntoOf(name), icon: FileKey, run: () => app.reviews.show(environment.id) }]),
    ...(app.environments.provider(environment.provider)?.creation
      ? [{ id: 'create-user', label: strings.rotation.create.command, whole: strings.rotation.create.commandOf(name), icon: UserPlus, run: () => app.ask({ what: 'createUser', environment }) }]
      : []),
    { id: 'copy-issuer', label: words.copyIssuer, whole: words.copyIssuerOf(name), icon: Copy, run: () => void app.status.copied(strings.environment.issuer, environment.issuer) },
    ...(at > 0 ? [{ id: 'move-up', label: words.moveUp, whole: words.moveUpOf(name), icon: ArrowUp, run: () => void app.environments.move(environment.id, -1) }] : []),
    ...(at < app.environments.list.length - 1
      ? [{ id: 'move-down', label: words.moveDown, whole: words.moveDownOf(name), icon: ArrowDown, run: () => void app.environments.move(environment.id, 1) }]
      : []),
    { id: 'forget-environment', label: strings.shell.list.forget, whole: words.removeEnvironmentOf(name), icon: Trash, danger: true, run: () => app.ask({ what: 'removeEnvironment', environment }) },
  ];
}

/** The menu of an environment: removing it is separate. */
export function environmentMenu(app: AppState, environment: Environment): (Command | null)[] {
  const commands = environmentCommands(app, environment);
  return [...commands.slice(0, -1), null, ...commands.slice(-1)];
}
