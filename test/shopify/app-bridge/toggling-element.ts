/** An invisible element that can be shown and hidden and says so by events, as ui-save-bar and ui-modal do. */
export abstract class TogglingElement extends HTMLElement {
  #showing = false;

  get showing(): boolean {
    return this.#showing;
  }
  connectedCallback(): void {
    this.style.display = 'none';
  }
  disconnectedCallback(): void {
    void this.hide();
  }
  show(): Promise<void> {
    if (!this.#showing) {
      this.#showing = true;
      this.shown();
      this.dispatchEvent(new Event('show'));
    }
    return Promise.resolve();
  }
  hide(): Promise<void> {
    if (this.#showing) {
      this.#showing = false;
      this.hidden_();
      this.dispatchEvent(new Event('hide'));
    }
    return Promise.resolve();
  }
  toggle(): Promise<void> {
    return this.#showing ? this.hide() : this.show();
  }

  protected abstract shown(): void;
  /** Not `hidden`, which is an attribute of every element. */
  protected abstract hidden_(): void;
}
