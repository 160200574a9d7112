/** The question before the first production token of a session. */
import { Failure, ipc } from './ipc';
import type { EnvironmentId } from './bindings';

interface Place {
  id: EnvironmentId;
  name: string;
}

interface Question {
  environment: Place;
  answer: (yes: boolean) => void;
}

export class Production {
  /** The open question, if there is one. */
  question = $state.raw<Question | null>(null);

  /**
   * Runs an action. If the core wants production confirmed, asks once, confirms and runs it again.
   * Resolves to null if the answer is no: a cancelled question is no error.
   */
  async guard<T>(environment: Place, action: () => Promise<T>): Promise<T | null> {
    try {
      return await action();
    } catch (thrown) {
      const unconfirmed = thrown instanceof Failure && thrown.problem.code === 'production-unconfirmed';
      if (!unconfirmed) throw thrown;
    }
    return (await this.confirm(environment)) ? action() : null;
  }

  /** Asks for a production environment, and confirms it if the answer is yes; false if it is no. */
  async confirm(environment: Place): Promise<boolean> {
    if (!(await this.#ask(environment))) return false;
    await ipc.confirmProduction(environment.id);
    return true;
  }

  #ask(environment: Place): Promise<boolean> {
    // Two actions at once get one question each; the earlier one counts as declined.
    this.question?.answer(false);
    return new Promise((resolve) => {
      const answer = (yes: boolean) => {
        this.question = null;
        resolve(yes);
      };
      this.question = { environment, answer };
    });
  }
}
