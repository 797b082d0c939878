/** `npm run docs`: brings what follows from the code in the README up to date. */
import { writeReadme } from './readme';

writeReadme();
