import { useQuery } from '@tanstack/react-query';
import { fetchLanguage } from '@/lib/language/language-client';

/** The language's table: functions, variables, keywords. It changes with the server's version alone. */
export function useLanguage() {
  return useQuery({
    queryKey: ['language'],
    queryFn: ({ signal }) => fetchLanguage(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
