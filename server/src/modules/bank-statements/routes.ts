/** The routes of staff: lists, and what people decide over lines. */
import { z } from 'zod';
import { AppError, illegalTransition, notFound } from '../../kernel/errors.ts';
import { readHistory } from '../../kernel/history.ts';
import {
  actorOf,
  inputMessage,
  listOf,
  type RouteContext,
  type Router,
  requireCaller,
} from '../../kernel/http/index.ts';
import {
  amountDiffers,
  refundExceedsCaptured,
  refundNotPaidOut,
  secondPersonRequired,
} from '../payments/index.ts';
import { confirmLine, confirmReversal, requestReversal, withdrawReversal } from './confirm-line.ts';
import { assignLine, dismissLine, reopenLine, unassignLine } from './decide-line.ts';
import type { BankStatementsDeps } from './deps.ts';
import { lineDoesNotFit, lineMayBeReturnedPayout } from './errors.ts';
import { dismissals } from './judge-line.ts';
import { lineQuery, listLines, listStatements, statementQuery } from './queries.ts';
import { findLine } from './repository.ts';
import { accountView, lineView, statementView, toLineView, toStatementView } from './views.ts';

const TAG = 'Administration';
const READ = 'bank_statements.read';
const IMPORT = 'bank_statements.import';
const CONFIRM = 'bank_statements.confirm';
const LINES = '/admin/bank-statement-lines';

const idParams = z.object({ id: z.string().max(64) });
const noteText = z.string().trim().min(1).max(500);
const noteBody = z.strictObject({ note: noteText });
const optionalNote = z.strictObject({ note: noteText.optional() });

const assignBody = z
  .strictObject({
    paymentId: z.string().min(1).max(64).optional(),
    remittanceCode: z.string().trim().min(1).max(100).optional(),
    /** The refund whose payout has come back. */
    refundId: z.string().min(1).max(64).optional(),
    acceptsDifference: z.boolean().default(false),
    /** Says that it is the payer's money, although as much was paid out to them by hand. */
    isNewMoney: z.boolean().default(false),
    note: noteText,
  })
  .refine(
    ({ paymentId, remittanceCode, refundId }) =>
      [paymentId, remittanceCode, refundId].filter((id) => id !== undefined).length === 1,
    {
      path: ['paymentId'],
      message: inputMessage(
        'Give one of paymentId, remittanceCode and refundId.',
        'paymentId、remittanceCode 与 refundId 须提供且只能提供一个。',
      ),
    },
  )
  .refine(
    ({ refundId, acceptsDifference, isNewMoney }) =>
      refundId === undefined || !(acceptsDifference || isNewMoney),
    {
      path: ['refundId'],
      message: inputMessage(
        'A payout that came back is no new money, and must be exact.',
        '退回的打款不是新的来款，金额须完全一致。',
      ),
    },
  );

const lineDetail = lineView.extend({
  history: z.array(
    z.object({
      ...{ entity: z.string(), entityId: z.string(), field: z.string() },
      ...{ from: z.string().nullable(), to: z.string(), note: z.string().nullable(), at: z.string() },
      actor: z.object({ type: z.string(), id: z.string() }),
    }),
  ),
});

export function registerStatementRoutes(router: Router, deps: BankStatementsDeps): void {
  registerLists(router, deps);
  registerMatching(router, deps);
  registerSigning(router, deps);
}

function registerLists(router: Router, { db, accounts }: BankStatementsDeps): void {
  const shared = { method: 'GET', tag: TAG, access: 'staff', permission: READ } as const;
  router.route(
    {
      ...shared,
      url: '/admin/bank-accounts',
      summary: "The shop's bank accounts",
      data: z.object({ items: z.array(accountView) }),
    },
    async () => ({
      items: accounts.map(({ number = null, iban = null, id, name, bank, currency }) => ({
        ...{ id, name, bank, currency, number, iban },
      })),
    }),
  );
  router.route(
    {
      ...shared,
      url: '/admin/bank-statements',
      summary: 'Statements that were imported, newest first',
      query: statementQuery,
      data: listOf(statementView),
    },
    async ({ query }) => {
      const { rows, pagination } = await listStatements(db, query);
      return { items: rows.map(toStatementView), pagination };
    },
  );
  router.route(
    {
      ...shared,
      url: LINES,
      summary: 'Lines of statements, newest first; state=matched waits for a second person',
      query: lineQuery,
      data: listOf(lineView),
    },
    async ({ query }) => {
      const { rows, pagination } = await listLines(db, query);
      return { items: rows.map(toLineView), pagination };
    },
  );
  router.route(
    {
      ...shared,
      url: `${LINES}/:id`,
      summary: 'A line with what has happened to it',
      params: idParams,
      data: lineDetail,
      errors: [notFound],
    },
    ({ params }) => readDetail(db, params.id),
  );
}

async function readDetail(db: BankStatementsDeps['db'], id: string): Promise<z.infer<typeof lineDetail>> {
  const row = await findLine(db, id);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  return { ...toLineView(row), history: await readHistory(db, [id]) };
}

type Context<B> = RouteContext<{ id: string }, unknown, B>;

function toDecision<B extends { readonly note?: string | undefined }>(context: Context<B>) {
  const { params, body, ip } = context;
  return { ...body, lineId: params.id, by: actorOf(requireCaller(context)), ip };
}

const shared = {
  method: 'POST',
  tag: TAG,
  access: 'staff',
  params: idParams,
  data: lineDetail,
  isIdempotent: true,
} as const;

function registerMatching(router: Router, deps: BankStatementsDeps): void {
  const matching = { ...shared, permission: IMPORT } as const;
  const answer = async <B>({ params }: Context<B>, done: Promise<void>) => {
    await done;
    return readDetail(deps.db, params.id);
  };
  router.route(
    {
      ...matching,
      url: `${LINES}/:id/assign`,
      summary:
        'Say which payment a line stands for, or of which refund it is the payout that came back; another person confirms it',
      description:
        'With acceptsDifference what is short is waived, and what is over or came a second time goes back by hand. A line of as much as a payout by hand for the same purchase needs isNewMoney to be a payment.',
      body: assignBody,
      errors: [notFound, illegalTransition, lineDoesNotFit, lineMayBeReturnedPayout, refundNotPaidOut],
    },
    (context) => answer(context, assignLine(deps, toDecision(context))),
  );
  router.route(
    {
      ...matching,
      url: `${LINES}/:id/unassign`,
      summary: 'Take a match back before it is confirmed',
      body: noteBody,
      errors: [notFound, illegalTransition],
    },
    (context) => answer(context, unassignLine(deps, toDecision(context))),
  );
  router.route(
    {
      ...matching,
      url: `${LINES}/:id/dismiss`,
      summary: 'Say that the money is none of ours, or was sent back outside this program',
      body: z.strictObject({ as: z.enum(dismissals), note: noteText }),
      errors: [notFound, illegalTransition],
    },
    (context) => answer(context, dismissLine(deps, toDecision(context))),
  );
  router.route(
    {
      ...matching,
      url: `${LINES}/:id/reopen`,
      summary: 'Look at a dismissed line again',
      body: noteBody,
      errors: [notFound, illegalTransition],
    },
    (context) => answer(context, reopenLine(deps, toDecision(context))),
  );
}

function registerSigning(router: Router, deps: BankStatementsDeps): void {
  const errors = [notFound, illegalTransition, secondPersonRequired];
  const answer = async <B>({ params }: Context<B>, done: Promise<void>) => {
    await done;
    return readDetail(deps.db, params.id);
  };
  router.route(
    {
      ...shared,
      permission: CONFIRM,
      url: `${LINES}/:id/confirm`,
      summary: 'Confirm a matched line, as somebody who has neither imported nor assigned it',
      description:
        'Of a payout that came back this is its bounce, unless that was told before: the refund has failed, and what is owed of it begins anew. Neither who has assigned the line nor who confirms it can confirm that payout.',
      body: optionalNote,
      errors: [...errors, amountDiffers, refundExceedsCaptured, refundNotPaidOut],
    },
    (context) => answer(context, confirmLine(deps, toDecision(context))),
  );
  router.route(
    {
      ...shared,
      permission: IMPORT,
      url: `${LINES}/:id/request-reversal`,
      summary: 'Say that the money of a confirmed line has gone again; another person confirms it',
      body: noteBody,
      errors: [notFound, illegalTransition, lineDoesNotFit],
    },
    (context) => answer(context, requestReversal(deps, toDecision(context))),
  );
  router.route(
    {
      ...shared,
      permission: IMPORT,
      url: `${LINES}/:id/withdraw-reversal`,
      summary: 'Take back that the money has gone',
      body: noteBody,
      errors: [notFound, illegalTransition],
    },
    (context) => answer(context, withdrawReversal(deps, toDecision(context))),
  );
  router.route(
    {
      ...shared,
      permission: CONFIRM,
      url: `${LINES}/:id/confirm-reversal`,
      summary: 'Book that the money has gone, as somebody who has not asked for it',
      body: optionalNote,
      errors: [...errors, refundExceedsCaptured],
    },
    (context) => answer(context, confirmReversal(deps, toDecision(context))),
  );
}
