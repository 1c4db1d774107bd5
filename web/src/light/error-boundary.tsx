import i18next from 'i18next';
import { Component, type ReactNode } from 'react';

interface Props {
  readonly children: ReactNode;
}

/** Shows that a page has failed instead of an empty window. React offers this to class components only. */
export class ErrorBoundary extends Component<Props, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { readonly hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) {
      return this.props.children;
    }
    return (
      <div className="problem" role="alert">
        <p>{i18next.t('somethingBroke')}</p>
        <button type="button" className="button secondary" onClick={() => location.reload()}>
          {i18next.t('retry')}
        </button>
      </div>
    );
  }
}
