/** A view that the first list doesn't need: it is loaded behind that, so that the list is drawn sooner. */
export class Later<View> {
  /** The view, once it is there. */
  view = $state.raw<View | null>(null);

  /** Loads it as soon as the first list is shown. */
  constructor(shown: Promise<void>, load: () => Promise<{ default: View }>) {
    void shown.then(load).then((loaded) => (this.view = loaded.default));
  }
}
