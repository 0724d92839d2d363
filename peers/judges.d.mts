/** One ceremony, as `passkeep verify` reads it. */
export interface Case {
  name: string;
  group: string;
  document: object;
}

export function exportCases(): Promise<Case[]>;
