/** Prints figures beside their targets and remembers whether one was missed. */
export class Report {
  #missed = 0;

  line(name: string, measured: string, target: string, met: boolean): void {
    if (!met) this.#missed++;
    console.log(
      `  ${name.padEnd(52)} ${measured.padStart(14)}   target ${target.padEnd(10)} ${met ? "met" : "MISSED"}`,
    );
  }

  get exitCode(): 0 | 1 {
    return this.#missed > 0 ? 1 : 0;
  }
}
