/** `npm run bench`: ratios of things measured in the same run. */
import {benchPipeline} from './pipeline.ts';
import {benchScreen} from './screen.ts';
import {benchStart} from './start.ts';
import {benchWrites} from './write.ts';

console.log(`node ${process.version}`);
benchWrites();
await benchStart();
benchPipeline(10, 400);
const small = benchPipeline(1000, 2000);
const large = benchPipeline(5000, 2000);
console.log(`rate at 5,000 nodes / rate at 1,000 nodes: ${(small / large).toFixed(2)} (>= 0.85)`);
await benchScreen();
process.exit(0);
