import type { Config } from './kernel/config/index.ts';
import type { Kernel } from './open-kernel.ts';
import type { Operator } from './operators/operator.ts';
import { createOperatorRegistry, type OperatorRegistry } from './operators/registry.ts';

/** The mobile operators that the configuration names. The code of the others is not even loaded. */
export async function createOperators(kernel: Kernel, config: Config): Promise<OperatorRegistry> {
  const operators: Operator[] = [];
  if (config.unitel !== null) {
    const { createUnitelOperator } = await import('./operators/unitel/index.ts');
    operators.push(createUnitelOperator({ settings: config.unitel, ...kernel }));
  }
  return createOperatorRegistry(operators);
}
