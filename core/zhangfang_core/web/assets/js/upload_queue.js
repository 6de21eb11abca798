// Runs jobs a few at a time. A job that the network lost waits longer each time and is sent again as it was.

/**
 * @param {{parallel: number, send: (job: object) => Promise<"done"|"refused"|"lost">,
 *          onWait: (job: object) => void, onGiveUp: (job: object) => void, attempts?: number,
 *          pause?: (attempt: number) => number}} options `pause` answers milliseconds.
 */
export function queue({ parallel, send, onWait, onGiveUp, attempts = 8, pause = (n) => Math.min(30_000, 1000 * 2 ** n) }) {
  const waiting = [];
  const sleeping = new Map();
  let running = 0;

  function next() {
    while (running < parallel && waiting.length > 0) run(waiting.shift());
  }

  async function run(job) {
    running += 1;
    const outcome = await send(job);
    running -= 1;
    if (outcome === "lost") {
      job.lost = (job.lost ?? 0) + 1;
      if (job.lost >= attempts) {
        job.lost = 0;
        onGiveUp(job);
      } else {
        onWait(job);
        sleeping.set(job, setTimeout(() => rouse(job), pause(job.lost)));
      }
    }
    next();
  }

  function rouse(job) {
    clearTimeout(sleeping.get(job));
    sleeping.delete(job);
    waiting.push(job);
    next();
  }

  return {
    add(job) {
      waiting.push(job);
      next();
    },
    wake: () => [...sleeping.keys()].forEach(rouse),
    busy: () => running + waiting.length + sleeping.size > 0,
  };
}
