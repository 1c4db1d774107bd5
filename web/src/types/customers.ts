/** Who buys, as the API shows it to staff. */
export interface Customer {
  readonly id: string;
  readonly username: string | null;
  readonly email: string | null;
  readonly status: string;
  readonly profile: {
    readonly firstName: string | null;
    readonly lastName: string | null;
    readonly phone: string | null;
  };
  readonly lastLoginAt: string | null;
  readonly createdAt: string;
}
