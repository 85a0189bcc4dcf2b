// A browser that is signed in on the console's page may try everything with its cookie; anybody else gives the API key
// ("Authorize"), which is kept for as long as this page is open and no longer.
window.SwaggerUIBundle({
  url: '/docs/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
  persistAuthorization: false,
  requestInterceptor: (request) => {
    request.headers['x-surepost-page'] = '1'
    return request
  },
})
