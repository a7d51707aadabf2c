import type {
  ActionFunction,
  ActionFunctionArgs,
  LoaderFunction,
  LoaderFunctionArgs,
  ServerBuild,
} from '@remix-run/node';

import { getRefusal } from '#app/errors.ts';

/**
 * The pages, with every refusal of a use case turned into an answer: its status, and its code for the error page to find words
 * for. Otherwise Remix would make a bare 500 of it. Nothing else of an error leaves; what is no AppError stays Remix's.
 */
export function withRefusals(build: ServerBuild): ServerBuild {
  const routes = Object.entries(build.routes).map(([id, route]) => {
    const { loader, action } = route.module;
    const module = {
      ...route.module,
      ...(loader === undefined ? {} : { loader: refusing(loader) }),
      ...(action === undefined ? {} : { action: refusing(action) }),
    };
    return [id, { ...route, module }];
  });
  return { ...build, routes: Object.fromEntries(routes) as ServerBuild['routes'] };
}

/** A loader or an action that gives up with an answer. */
export function refusing<F extends LoaderFunction | ActionFunction>(handler: F): F {
  const answering = async (args: LoaderFunctionArgs & ActionFunctionArgs, ...rest: unknown[]) => {
    try {
      return await (handler as (...all: unknown[]) => unknown)(args, ...rest);
    } catch (error) {
      const refusal = getRefusal(error);
      if (refusal === null) throw error;
      const { code, status } = refusal;
      const { log, requestId } = args.context;
      log[status >= 500 ? 'error' : 'info']('web.refused', { requestId, code, status });
      throw Response.json({ code }, { status });
    }
  };
  return answering as unknown as F;
}
