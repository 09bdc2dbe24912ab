interface SampleCustomer extends Readonly<Record<string, unknown>> {
  readonly contacts: readonly object[];
}

interface SampleOnboarding {
  readonly slug: string;
  readonly onboarding: object;
  readonly launchInDays: number;
  readonly tasks: readonly object[];
}

/** What a workspace for trying things out begins with: companies at every point of the way, all made up. */
export const sampleCustomers: readonly SampleCustomer[] = [
  {
    name: 'Aurora Outfitters',
    slug: 'aurora-outfitters',
    domain: 'aurora.example',
    status: 'onboarding',
    plan: 'growth',
    mrr: 125_000,
    contacts: [
      { name: 'Mira Lindqvist', email: 'mira@aurora.example', title: 'Head of Operations', is_primary: true },
      { name: 'Joel Okafor', email: 'joel@aurora.example', title: 'Engineer' },
    ],
  },
  {
    name: 'Northwind Tea',
    slug: 'northwind-tea',
    domain: 'northwind.example',
    status: 'onboarding',
    plan: 'starter',
    mrr: 29_000,
    contacts: [{ name: 'Ines Moreau', email: 'ines@northwind.example', title: 'Founder', is_primary: true }],
  },
  {
    name: 'Harbour Analytics',
    slug: 'harbour-analytics',
    domain: 'harbour.example',
    status: 'active',
    plan: 'enterprise',
    mrr: 480_000,
    health_score: 92,
    contacts: [
      { name: 'Tomasz Zieliński', email: 'tomasz@harbour.example', title: 'CTO', is_primary: true },
      { name: 'Grace Adeyemi', email: 'grace@harbour.example', title: 'Product', labels: ['champion'] },
    ],
  },
  {
    name: 'Café Sørensen',
    slug: 'cafe-sorensen',
    domain: 'sorensen.example',
    status: 'at_risk',
    plan: 'starter',
    mrr: 19_000,
    health_score: 41,
    contacts: [{ name: 'Anna Sørensen', email: 'anna@sorensen.example', is_primary: true }],
  },
  { name: 'Old Mill Press', slug: 'old-mill-press', status: 'churned', contacts: [] },
];

/** Onboardings by the slug of their customer, each with its tasks. */
export const sampleOnboardings: readonly SampleOnboarding[] = [
  {
    slug: 'aurora-outfitters',
    onboarding: { phase: 'program_buildout', notes: 'Needs single sign-on before the launch.' },
    launchInDays: 21,
    tasks: [
      { title: 'Connect the warehouse', done: true },
      { title: 'Import the catalogue', customer_facing: true },
    ],
  },
  {
    slug: 'northwind-tea',
    onboarding: { phase: 'program_design', state: 'waiting', waiting_on_customer: true },
    launchInDays: 45,
    tasks: [{ title: 'Send the brand colours', customer_facing: true }],
  },
  { slug: 'harbour-analytics', onboarding: { phase: 'completed' }, launchInDays: -30, tasks: [] },
];
