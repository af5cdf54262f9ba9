/** The networks that can be trained, by the names that model files give them. */
import type { PolarCodebook } from '../../../codebook/polar.js';
import { absoluteFeatures } from '../features/absolute-features.js';
import { relativeFeatures } from '../features/relative-features.js';
import type { FeatureMap } from '../features/user-slot.js';
import { absoluteHead, type Head, relativeHead } from '../heads/head.js';
import { cnn } from './cnn.js';
import { gcn } from './gcn.js';
import type { Network } from './network.js';
import { stgcn } from './stgcn.js';
import { stgcnLiteral } from './stgcn-literal.js';

export const NETWORK_KINDS = ['stgcn', 'stgcn-literal', 'gcn', 'gru', 'cnn'] as const;
export type NetworkKind = (typeof NETWORK_KINDS)[number];

export const NETWORK_TITLES: Readonly<Record<NetworkKind, string>> = {
  stgcn: 'STGCN, beam-relative head',
  'stgcn-literal': 'STGCN as printed',
  gcn: 'GCN, no memory',
  gru: 'GRU, no graph',
  cnn: 'CNN over slots and features',
};

/** A network with what goes in and what its classes mean. */
export interface NetworkDesign {
  readonly network: Network;
  readonly features: FeatureMap;
  readonly head: Head;
}

export function networkDesign(
  kind: NetworkKind,
  { codebook, epochS, numSlots }: { codebook: PolarCodebook; epochS: number; numSlots: number },
): NetworkDesign {
  const isLiteral = kind === 'stgcn-literal';
  const features = isLiteral ? absoluteFeatures() : relativeFeatures(codebook, epochS);
  const head = isLiteral ? absoluteHead(codebook) : relativeHead(codebook);
  const sizes = [features.numFeatures, head.numClasses] as const;
  const network = {
    stgcn: () => stgcn(...sizes),
    'stgcn-literal': () => stgcnLiteral(...sizes),
    gcn: () => gcn(...sizes),
    gru: () => stgcn(...sizes, false),
    cnn: () => cnn(numSlots, ...sizes),
  }[kind]();
  return { network, features, head };
}
