import { CodeBlock } from './code-block.tsx';

export function Json({ value, label }: { readonly value: unknown; readonly label: string }) {
  return <CodeBlock code={JSON.stringify(value, null, 2) ?? 'nothing'} label={label} />;
}
