import { Anchor, Badge, Group, Loader, NativeSelect, Paper, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { useChanged } from '../../console/use-changed.ts';
import { Empty } from '../../parts/empty.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { ScreenTitle } from '../../parts/screen-title.tsx';
import { showProblem } from '../../parts/show-problem.ts';
import { useCurl } from '../../parts/use-curl.ts';
import { type Onboarding, phases, words } from '../customers/types.ts';
import './board.css';

/** Onboardings by phase: a card is dragged to another phase, or moved with the list on it. */
export function Screen() {
  const api = useConsole();
  const changed = useChanged('onboarding');
  const service = api.service('onboarding');
  const key = api.key('onboarding', 'board');
  const { data, error } = useQuery({
    queryKey: key,
    queryFn: async () => {
      const lists = await Promise.all(
        phases.map((phase) =>
          service.get<{ data: Onboarding[]; has_more: boolean }>('/onboardings', { query: { phase, limit: 100 } }),
        ),
      );
      return phases.map((phase, index) => ({
        phase,
        cards: lists[index]?.data ?? [],
        more: lists[index]?.has_more === true,
      }));
    },
  });
  const move = useMutation({
    mutationFn: ({ id, phase }: { id: string; phase: string }) =>
      service.patch(`/onboardings/${id}`, { body: { phase } }),
    onError: showProblem,
    onSettled: changed,
  });
  const [moved, setMoved] = useState<string | null>(null);
  const place = data?.findIndex(({ cards }) => cards.some(({ id }) => id === moved));
  // A card that went to another column is a new element: whoever moved it by keyboard goes on from there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the card stands in another place
  useEffect(() => {
    if (moved !== null) document.querySelector<HTMLElement>(`[data-card="${CSS.escape(moved)}"] select`)?.focus();
  }, [moved, place]);
  const curl = useCurl('onboarding');
  const [dragged, setDragged] = useState<string | null>(null);
  return (
    <>
      <ScreenTitle>Onboarding board</ScreenTitle>
      <Text size="sm" mb="sm">
        {api.mode === 'test'
          ? 'A move in test mode is real, and both modes see it; the messages that it would send are held back.'
          : 'Entering Launch tells the CSM and the primary contact.'}
      </Text>
      <ProblemAlert error={error} />
      {data === undefined && error === null && <Loader role="progressbar" aria-label="Loading" />}
      {data?.every(({ cards }) => cards.length === 0) === true && (
        <Empty
          title="Nobody is being onboarded"
          curl={curl({ path: '/onboardings', body: { customer_id: '…', name: 'Roll-out' } })}
        >
          An onboarding takes a customer from the first talk to the launch, phase by phase. Its customer’s id is on{' '}
          <ScreenLink to="/customers">the page of the customer</ScreenLink>:
        </Empty>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="board" aria-label="Phases" tabIndex={0}>
        {data?.map(({ phase, cards, more }) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: the list on each card does the same by keyboard
          <div
            key={phase}
            className="phase"
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault();
              if (dragged !== null) move.mutate({ id: dragged, phase });
            }}
          >
            <Title order={2} size="h6" id={`phase-${phase}`}>
              {words(phase)} ({cards.length}
              {more ? '+' : ''})
            </Title>
            <Stack gap="xs" role="group" aria-labelledby={`phase-${phase}`}>
              {cards.map((card) => (
                <Paper
                  key={card.id}
                  data-card={card.id}
                  withBorder
                  p="xs"
                  draggable
                  onDragStart={() => setDragged(card.id)}
                  onDragEnd={() => setDragged(null)}
                >
                  <Anchor
                    component={ScreenLink}
                    to="/onboardings/$ref"
                    params={{ ref: String(card.display_id) }}
                    size="sm"
                    fw={600}
                    draggable={false}
                    className="card-name"
                  >
                    {card.name ?? `Onboarding ${card.display_id}`}
                  </Anchor>
                  <Group gap="xs" justify="space-between">
                    <Badge size="sm">{words(card.state)}</Badge>
                    <Anchor
                      component={ScreenLink}
                      to="/customers/$ref"
                      params={{ ref: card.customer_id }}
                      size="xs"
                      underline="always"
                      aria-label={`Customer of ${card.name}`}
                    >
                      Customer
                    </Anchor>
                  </Group>
                  <NativeSelect
                    mt={4}
                    size="xs"
                    aria-label={`Phase of ${card.name}`}
                    value={phase}
                    data={phases.map((value) => ({ value, label: words(value) }))}
                    onChange={(event) => {
                      setMoved(card.id);
                      move.mutate({ id: card.id, phase: event.currentTarget.value });
                    }}
                  />
                </Paper>
              ))}
            </Stack>
          </div>
        ))}
      </section>
    </>
  );
}
