/** A thread that proves lesson files, one after the other as they come: their names and texts in, what is wrong with them out. */
import {parentPort} from 'node:worker_threads';
import {allFaults, lessonFile} from './course.ts';

parentPort?.on('message', ({file, text}: {file: string; text: string}) => {
  parentPort!.postMessage(allFaults(lessonFile(file, text)));
});
