/** The server that `attach` opens inside the game. It lives no longer than the program, however that ends. */
import {rmSync} from 'node:fs';
import type {Ports} from '../session/session.ts';
import {ownKubeconfig, SIGNALS} from './kubeconfig.ts';

export interface Attachment {
  readonly attach: NonNullable<Ports['attach']>;
  /** Closes what is open. */
  close(): Promise<void>;
}

/** `quit` ends the program as the learner would. */
export function createAttachment(quit: () => void): Attachment {
  let closing: (() => Promise<void>) | undefined;
  return {
    async attach(door) {
      const {openServer} = await import('../server/server.ts');
      const server = await openServer(door, {port: 0, kubeconfig: ownKubeconfig()});
      const remove = (): void => rmSync(server.kubeconfig, {force: true});
      process.once('exit', remove);
      for (const signal of SIGNALS) process.on(signal, quit);
      const close = async (): Promise<void> => {
        if (closing === close) closing = undefined;
        process.off('exit', remove);
        for (const signal of SIGNALS) process.off(signal, quit);
        await server.close();
      };
      await closing?.();
      closing = close;
      return {url: server.url, kubeconfig: server.kubeconfig, close: () => void close()};
    },
    close: async () => closing?.(),
  };
}
