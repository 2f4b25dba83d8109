/** `npm run bench`: ratios of things measured in the same run. */
import {benchWrites} from './write.ts';

console.log(`node ${process.version}`);
benchWrites();
