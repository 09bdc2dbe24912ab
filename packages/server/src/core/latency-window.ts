/** The mean of the newest durations: a ring, so that it costs nothing to keep. */
export class LatencyWindow {
  readonly #ring: Float64Array;
  #seen = 0;
  #sum = 0;

  constructor(size = 1_000) {
    this.#ring = new Float64Array(size);
  }

  add(durationMs: number): void {
    const at = this.#seen % this.#ring.length;
    this.#sum += durationMs - (this.#ring[at] ?? 0);
    this.#ring[at] = durationMs;
    this.#seen++;
  }

  read(): { averageMs: number | null; samples: number } {
    const samples = Math.min(this.#seen, this.#ring.length);
    return { averageMs: samples === 0 ? null : Math.round((this.#sum / samples) * 1000) / 1000, samples };
  }
}
