/** The plans that there are; contracts say what each changes. */
export const plans = ['standard', 'paid'] as const;
