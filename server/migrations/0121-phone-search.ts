/** Staff finds customers by the digits of a phone number, however it was written: those of accounts that are there. */
import type { MigrationStep } from '../src/kernel/db/index.ts';

/** What most people put between digits is left out; the next change of a profile leaves out everything. */
const DIGITS = [' ', '-', '(', ')', '+'].reduce((text, part) => `REPLACE(${text}, '${part}', '')`, 'phone');

const digits: MigrationStep = {
  name: 'add the digits of users.phone to users.search_text',
  sql: () =>
    `UPDATE users SET search_text = CONCAT(search_text, '\n', ${DIGITS})
     WHERE phone IS NOT NULL AND search_text NOT LIKE CONCAT('%\n', ${DIGITS}, '%')`,
};

export const steps = [digits];
