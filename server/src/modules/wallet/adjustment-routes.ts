/** Staff puts wallets right, and a second person agrees to what goes beyond a limit. */
import { z } from 'zod';
import { AppError, illegalTransition, notFound } from '../../kernel/errors.ts';
import { actorOf, currencyInput, inputMessage, type Router, requireCaller } from '../../kernel/http/index.ts';
import { approveAdjustment, rejectAdjustment, requestAdjustment } from './adjust.ts';
import type { WalletDeps } from './deps.ts';
import { adjustmentOwn, insufficientBalance } from './errors.ts';
import { findAdjustment } from './queries.ts';
import { adjustmentView, toAdjustmentView } from './views.ts';
import { COIN } from './wallet.ts';

const TAG = 'Wallet';
/** Far more than anybody is put right by; keeps balances away from what an integer can hold. */
const LARGEST_ADJUSTMENT = 1_000_000_000_00;

const id = z.string().min(1).max(64);
const idParams = z.object({ id });
const noteText = z.string().trim().min(1).max(500);

export function registerAdjustmentRoutes(router: Router, deps: WalletDeps): void {
  registerAdjustments(router, deps);
  registerDeciding(router, deps);
}

async function readAdjustment({ db }: WalletDeps, adjustmentId: string) {
  const row = await findAdjustment(db, adjustmentId);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  return toAdjustmentView(row);
}

const adjustmentBody = z
  .strictObject({
    customerId: id,
    currency: currencyInput.default(COIN),
    bucket: z.enum(['paid', 'gift']).default('paid'),
    /** Minor units; negative takes away. */
    amount: z
      .int()
      .min(0 - LARGEST_ADJUSTMENT)
      .max(LARGEST_ADJUSTMENT)
      .refine((amount) => amount !== 0, inputMessage('It must not be zero.', '不能为零。')),
    /** When a gift ends; never without it. */
    expiresAt: z.iso.datetime({ offset: true }).optional(),
    reason: noteText,
  })
  .refine(({ bucket, amount, expiresAt }) => expiresAt === undefined || (bucket === 'gift' && amount > 0), {
    message: inputMessage('Only what is given can end.', '只有赠送的部分可以到期。'),
    path: ['expiresAt'],
  })
  .refine(({ bucket, currency }) => bucket === 'paid' || currency === COIN, {
    message: inputMessage('Only coins are given.', '只能赠送金币。'),
    path: ['bucket'],
  });

function registerAdjustments(router: Router, deps: WalletDeps): void {
  router.route(
    {
      method: 'POST',
      url: '/admin/wallet-adjustments',
      summary: 'Put a wallet right, with a reason',
      description:
        'Within `WALLET_ADJUST_LIMIT` a day it is applied at once; what goes beyond, and what concerns the wallet of whoever asks, waits for a second person (status `requested`).',
      tag: TAG,
      access: 'staff',
      permission: 'wallet.adjust',
      body: adjustmentBody,
      data: adjustmentView,
      status: 201,
      otherStatuses: [202],
      errors: [notFound, insufficientBalance],
      isIdempotent: true,
    },
    async (context) => {
      const { expiresAt, ...wish } = context.body;
      const adjustmentId = await requestAdjustment(deps, {
        ...wish,
        expiresAt: expiresAt === undefined ? null : Date.parse(expiresAt),
        by: actorOf(requireCaller(context)),
        ip: context.ip,
        claimId: context.claimId,
      });
      const view = await readAdjustment(deps, adjustmentId);
      context.reply.status(view.status === 'requested' ? 202 : 201);
      return view;
    },
  );
}

function registerDeciding(router: Router, deps: WalletDeps): void {
  const deciding = {
    method: 'POST',
    tag: TAG,
    access: 'staff',
    permission: 'wallet.approve',
    params: idParams,
    data: adjustmentView,
    isIdempotent: true,
  } as const;
  router.route(
    {
      ...deciding,
      url: '/admin/wallet-adjustments/:id/approve',
      summary: 'Agree to an adjustment of somebody else, which applies it',
      body: z.strictObject({ note: noteText.optional() }),
      errors: [notFound, illegalTransition, adjustmentOwn, insufficientBalance],
    },
    async (context) => {
      const by = actorOf(requireCaller(context));
      const { params, body, ip } = context;
      await approveAdjustment(deps, { adjustmentId: params.id, by, ip, note: body.note ?? null });
      return readAdjustment(deps, context.params.id);
    },
  );
  router.route(
    {
      ...deciding,
      url: '/admin/wallet-adjustments/:id/reject',
      summary: 'Refuse an adjustment; nothing is changed',
      body: z.strictObject({ note: noteText }),
      errors: [notFound, illegalTransition],
    },
    async (context) => {
      const by = actorOf(requireCaller(context));
      const { params, body, ip } = context;
      await rejectAdjustment(deps, { adjustmentId: params.id, by, ip, note: body.note });
      return readAdjustment(deps, params.id);
    },
  );
}
