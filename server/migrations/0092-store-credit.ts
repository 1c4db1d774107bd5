/** Where the money of a refund request goes: back to the payer, or into the customer's wallet. */
import { addColumns, key } from '../src/kernel/db/index.ts';

export const steps = addColumns('refund_requests', { refund_to: key(16).default('payer') });
