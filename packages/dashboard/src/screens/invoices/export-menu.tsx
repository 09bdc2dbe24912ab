import { Button, Menu } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useConsole } from '../../console/console.ts';
import type { Values } from '../../console/request.ts';
import { saveFile } from '../../parts/save-file.ts';
import { showProblem } from '../../parts/show-problem.ts';

interface ExportMenuProps {
  readonly path: string;
  readonly query?: Values;
  readonly headers: Readonly<Record<string, string>>;
  /** What the file is called, without its ending. */
  readonly name: string;
  readonly label?: string;
}

const formats = [
  { format: 'csv', label: 'CSV, a row for each line', ending: 'csv' },
  { format: 'json', label: 'JSON', ending: 'json' },
  { format: 'ubl', label: 'UBL (XML)', ending: 'xml' },
] as const;

/** Downloads invoices in a format of choice: the client stands in a header, which no plain link can carry. */
export function ExportMenu({ path, query = {}, headers, name, label = 'Export' }: ExportMenuProps) {
  const api = useConsole();
  const run = useMutation({
    mutationFn: async ({ format, ending }: { format: string; ending: string }) =>
      saveFile(
        await api.service('invoices').file(path, { query: { ...query, format }, headers }),
        `${name}-${api.mode}.${ending}`,
      ),
    onError: showProblem,
  });
  return (
    <Menu>
      <Menu.Target>
        <Button size="xs" variant="default" loading={run.isPending}>
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {formats.map((one) => (
          <Menu.Item key={one.format} onClick={() => run.mutate(one)}>
            {one.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
