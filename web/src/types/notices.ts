import type { Page } from './page.ts';

/** What a customer was told. */
export interface Notice {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly body: string;
  readonly subject: { readonly type: string; readonly id: string };
  readonly readAt: string | null;
  readonly createdAt: string;
}

export interface NoticePage extends Page<Notice> {
  /** Of all of them, whatever is listed. */
  readonly unreadCount: number;
}
