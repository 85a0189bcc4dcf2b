/**
 * The migrations that this code was built for: the versions (file name prefixes) in supabase/migrations. A service whose
 * database lacks one is not ready. A test compares this list with the folder.
 */
export const MIGRATIONS: readonly string[] = [
  '20261123160000',
  '20261123160100',
  '20261123160200',
  '20261123160300',
  '20261123160400',
  '20261123160500',
  '20261123160600',
  '20261123160700',
  '20261123160800',
  '20261123160900',
  '20261123161000',
  '20261125130000',
  '20261125130100',
  '20261125140000',
  '20261125141000',
  '20261125141100',
  '20261125150000',
  '20261125150100',
  '20261125160000',
  '20261125162000',
  '20261125163000',
  '20261125163010',
  '20261125164000',
  '20261125165000',
  '20261125170000',
  '20261125170100',
  '20261125200200',
  '20261125200300',
  '20261126000100',
  '20261126000200',
  '20261126010000',
]

/** The migrations that are needed and not among those applied, oldest first. */
export const missingMigrations = (
  applied: readonly string[],
  needed: readonly string[] = MIGRATIONS,
): readonly string[] => needed.filter((version) => !applied.includes(version))
