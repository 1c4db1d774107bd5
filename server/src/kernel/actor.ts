/** Who did it, for histories and the audit log. */
export interface Actor {
  readonly type: 'customer' | 'staff' | 'system' | 'provider';
  /** The user's id, the provider's name, or the name of the job or command. */
  readonly id: string;
}

/** The program itself, named by the job, command or rule that acts. */
export const systemActor = (id: string): Actor => ({ type: 'system', id });

/** A provider whose word moved something, such as `wechat_pay`. */
export const providerActor = (provider: string): Actor => ({ type: 'provider', id: provider });
