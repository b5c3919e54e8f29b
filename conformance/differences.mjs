// THE list of what may differ. It may only shrink.
export const DIFFERENCES = [];
