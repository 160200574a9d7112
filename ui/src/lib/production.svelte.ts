/** The question before the first production token of a session. */
import { Failure, ipc } from './ipc';
import type { EnvironmentId } from './types';

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
   * Runs a deed. If the core wants production confirmed, asks once, confirms and runs it again.
   * Resolves to null if the answer is no: a cancelled question is no error.
   */
  async guard<T>(environment: Place, deed: () => Promise<T>): Promise<T | null> {
    try {
      return await deed();
    } catch (thrown) {
      const unconfirmed = thrown instanceof Failure && thrown.problem.code === 'production-unconfirmed';
      if (!unconfirmed) throw thrown;
    }
    if (!(await this.#ask(environment))) return null;
    await ipc.confirmProduction(environment.id);
    return deed();
  }

  #ask(environment: Place): Promise<boolean> {
    // Two deeds at once get one question each; the earlier one counts as declined.
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
