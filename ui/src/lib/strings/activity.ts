/** The activity view. */
import { count, number } from '../format';

export const activity = {
  filter: 'Filter activity',
  text: 'Name, error code or detail',
  textLabel: 'Search activity by name, error code or detail',
  action: 'Action',
  anyAction: 'All actions',
  environment: 'Environment',
  anyEnvironment: 'All environments',
  outcome: 'Outcome',
  anyOutcome: 'All outcomes',
  outcomes: { succeeded: 'Succeeded', failed: 'Failed' },
  repeated: (times: number, last: string) => `${count(times, 'time')}, last at ${last}`,
  notOnly: (name: string) => `Stop filtering by ${name}`,
  clear: 'Clear filter',
  found: (found: number, shown: number, kept: number, narrowed: boolean) => {
    const all = narrowed ? `${number(found)} of ${count(kept, 'entry', 'entries')}` : count(found, 'entry', 'entries');
    return shown < found ? `${all}; showing the newest ${number(shown)}` : all;
  },
  nothingFound: 'No matching entries',
  nothingFoundHelp: 'Mintage keeps only the most recent entries.',
  export: 'Export…',
  forms: { csv: 'CSV', json: 'JSON' },
  formHints: { csv: 'for spreadsheets', json: 'for programs' },
};
