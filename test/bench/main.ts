/** `npm run bench [-- PART...]`: ratios of things measured in the same run; a trip is one JSON round trip of a small pod. */
import {benchCourse} from './course.ts';
import {benchGrading} from './grading.ts';
import {report} from './measure.ts';
import {benchFirstPod, benchParts, benchPipeline, reportMemory} from './pipeline.ts';
import {benchScale} from './scale.ts';
import {benchScheduler} from './scheduler.ts';
import {benchScreen} from './screen.ts';
import {benchStart} from './start.ts';
import {benchTwelveWrites} from './twelve-writes.ts';
import {benchWrites} from './write.ts';
import {roundTripUs} from './yardsticks.ts';

function benchPipelines(): void {
  benchFirstPod();
  benchPipeline(10, 700);
  const small = benchPipeline(1000, 2000);
  benchParts(1000, 1000);
  const bare = benchPipeline(1000, 2000, {record: false});
  report('rate without journal and notes / rate with them', (small.us / bare.us).toFixed(2), '<= 4');
  reportMemory(1000, small, bare);
  const large = benchPipeline(5000, 2000);
  report('rate at 5,000 nodes / rate at 1,000 nodes', (small.us / large.us).toFixed(2), '>= 0.85');
  reportMemory(5000, large, bare);
}

const PARTS = {
  write: benchWrites,
  scheduler: benchScheduler,
  course: benchCourse,
  grading: benchGrading,
  start: benchStart,
  prototype: benchTwelveWrites,
  pipeline: benchPipelines,
  screen: benchScreen,
  scale: benchScale,
};

const chosen = process.argv.slice(2);
console.log(`node ${process.version}`);
report('yardstick: JSON round trip of a pod of 630 bytes', `${roundTripUs().toFixed(2)} us`, '');
for (const [name, bench] of Object.entries(PARTS)) if (chosen.length === 0 || chosen.includes(name)) await bench();
process.exit(0);
