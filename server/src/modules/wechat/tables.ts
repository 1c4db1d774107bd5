declare module '../../kernel/db/types.ts' {
  interface Schema {
    /** Owned by wechat. One row for each app, shared by all processes. */
    wechat_access_tokens: {
      /** The appid. */
      id: string;
      /** Encrypted; `null` until the first one is there. */
      sealed_token: string | null;
      expires_at: number;
      /** When it was asked for. */
      fetched_at: number;
      /** Until then one process is asking WeChat, and the others wait for the row. */
      lease_until: number;
    };
  }
}
